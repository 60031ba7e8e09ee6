import type { ConsoleState, Question } from './console-state.ts';
import { only, type Step } from './step.ts';

/** Leaves, unless a sensor began with this console: then it is asked what becomes of it. */
export function leave(state: ConsoleState): Step {
  if (state.gone !== undefined || state.tie === 'attached') return { state, effects: [{ do: 'leave' }] };
  const question: Question = {
    text: 'Leave the console: s stops the sensor, l lets it run on with lines on this terminal, esc stays.',
    answers: { s: { do: 'stop' }, l: { do: 'leave' } },
  };
  return only({ ...state, question, typing: undefined });
}
