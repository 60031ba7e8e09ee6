import type { ConsoleState, Place, ViewName } from './console-state.ts';
import type { Effect } from './effect.ts';

/** What a console is after something has happened, and what is to be done. */
export interface Step {
  readonly state: ConsoleState;
  readonly effects: readonly Effect[];
}

export function only(state: ConsoleState): Step {
  return { state, effects: [] };
}

export function withPlace(state: ConsoleState, view: ViewName, change: Partial<Place>): ConsoleState {
  return { ...state, places: { ...state.places, [view]: { ...state.places[view], ...change } } };
}

export function within(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1));
}
