import { viewNames, type ConsoleState, type ViewName } from '../console-state.ts';
import { leave } from '../leave.ts';
import { cursorIn, follows, rowsOf } from '../lists.ts';
import { show } from '../looks.ts';
import type { Press } from '../press.ts';
import { only, within, withPlace, type Step } from '../step.ts';
import { rowKey } from './row.ts';

/** A key while a view is before the eyes. */
export function inView(state: ConsoleState, press: Press, rows: number): Step {
  // The head of a list stays.
  const page = Math.max(rows - 1, 1);
  switch (press.key) {
    case 'up':
      return only(moved(state, -1));
    case 'down':
      return only(moved(state, 1));
    case 'pageUp':
      return only(moved(state, -page));
    case 'pageDown':
      return only(moved(state, page));
    case 'home':
      return only(moved(state, -Infinity));
    case 'end':
      return only(moved(state, Infinity));
    case 'tab':
    case 'right':
      return show(state, neighbour(state.view, 1));
    case 'backTab':
    case 'left':
      return show(state, neighbour(state.view, -1));
    case 'enter':
      return open(state);
    case 'escape':
      return only({ ...withPlace(state, state.view, { filter: '' }), said: '' });
    case 'text':
      return viewKey(state, press.text);
    default:
      return only(state);
  }
}

function viewKey(state: ConsoleState, text: string): Step {
  // The tenth has the key after that of the ninth.
  const view = /^\d$/.test(text) ? viewNames[(Number(text) + 9) % 10] : undefined;
  if (view) return show(state, view);
  switch (text) {
    case 'k':
      return only(moved(state, -1));
    case 'j':
      return only(moved(state, 1));
    case 'g':
      return only(moved(state, -Infinity));
    case 'G':
      return only(moved(state, Infinity));
    case '/':
      return only({ ...state, typing: { kind: 'filter', text: state.places[state.view].filter }, said: '' });
    case ':':
      return only({ ...state, typing: { kind: 'command', text: '' }, said: '' });
    case ' ':
      return only({ ...state, frozen: state.frozen ? undefined : state.recent });
    case '?':
      return only({ ...state, help: 'shown' });
    case 'q':
      return leave(state);
    default:
      if (state.view === 'rules' && text === 'r') return { state, effects: [{ do: 'reload', what: 'rules.reload' }] };
      return rowKey(state, text);
  }
}

function open(state: ConsoleState): Step {
  const rows = rowsOf(state);
  const row = rows[cursorIn(rows, state)];
  const kinds: Partial<Record<ViewName, 'message' | 'session' | 'probe' | 'campaign'>> = {
    messages: 'message',
    sessions: 'session',
    probes: 'probe',
    campaigns: 'campaign',
  };
  const what = kinds[state.view];
  if (!row || !what) return only(state);
  return { state, effects: [{ do: 'open', what, id: row.key }] };
}

function moved(state: ConsoleState, by: number): ConsoleState {
  const rows = rowsOf(state);
  if (rows.length === 0) return state;
  const to = within(cursorIn(rows, state) + by, rows.length);
  const isLast = to === rows.length - 1;
  return withPlace(state, state.view, { at: isLast && follows(state.view) ? undefined : rows[to]!.key });
}

function neighbour(view: ViewName, by: number): ViewName {
  const { length } = viewNames;
  return viewNames[(viewNames.indexOf(view) + by + length) % length]!;
}
