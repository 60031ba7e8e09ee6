import type { ConsoleState, ViewName } from './console-state.ts';
import type { Effect } from './effect.ts';
import type { Step } from './step.ts';

/** What has to be asked, each second, for what is shown. */
export function looks({ view, reading }: ConsoleState): readonly Effect[] {
  const looks: Effect[] = [{ do: 'look', at: 'state' }];
  if (view === 'probes') looks.push({ do: 'look', at: 'probes' });
  if (view === 'mailboxes') looks.push({ do: 'look', at: 'mailboxes' });
  if (view === 'campaigns') looks.push({ do: 'look', at: 'campaigns' });
  if (view === 'cluster') looks.push({ do: 'look', at: 'cluster' });
  // A session that is open goes on while it is read.
  if (reading?.effect.what === 'session') looks.push(reading.effect);
  return looks;
}

/** Another view, with what it needs to be shown. */
export function show(state: ConsoleState, view: ViewName): Step {
  const after = { ...state, view, reading: undefined, said: '' };
  return { state: after, effects: looks(after) };
}
