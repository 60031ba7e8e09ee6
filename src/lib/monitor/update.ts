import type { TimedEvent } from '../events/event.ts';
import { newConsole, viewNames, type ConsoleState, type Place, type Question, type ViewName } from './console-state.ts';
import type { Effect } from './effect.ts';
import { commandOf } from './commands.ts';
import { cursorIn, follows, rowsOf } from './lists.ts';
import type { Press } from './press.ts';
import { afterEvents } from './recent.ts';
import type { MessageRow, PlaceOf } from './rows.ts';
import type { Document, MailboxView, OutputView, ProbeView, SensorView } from './sensor-view.ts';

/** What happens to a console. */
export type Happening =
  | { readonly is: 'events'; readonly events: readonly TimedEvent[] }
  | {
      readonly is: 'pressed';
      readonly press: Press;
      /** Rows of a list that are seen at once. */ readonly page: number;
    }
  | { readonly is: 'second' }
  | { readonly is: 'state'; readonly sensor: SensorView }
  | { readonly is: 'probes'; readonly probes: readonly ProbeView[] }
  | { readonly is: 'mailboxes'; readonly mailboxes: readonly MailboxView[] }
  | { readonly is: 'opened'; readonly document: Document; readonly effect: Extract<Effect, { do: 'open' }> }
  | { readonly is: 'said'; readonly text: string }
  | { readonly is: 'gone'; readonly why: string };

export interface Step {
  readonly state: ConsoleState;
  readonly effects: readonly Effect[];
}

export { newConsole };

/** All that a console does, as one pure function: what it is after something has happened, and what is to be done. */
export function update(state: ConsoleState, happening: Happening, placeOf: PlaceOf = () => ''): Step {
  switch (happening.is) {
    case 'events':
      return only({ ...state, recent: afterEvents(state.recent, happening.events, placeOf) });
    case 'second':
      return { state, effects: state.gone === undefined ? looks(state) : [] };
    case 'state':
      return only({ ...state, sensor: happening.sensor });
    case 'probes':
      return only({ ...state, probes: happening.probes });
    case 'mailboxes':
      return only({ ...state, mailboxes: happening.mailboxes });
    case 'opened':
      return only(opened(state, happening));
    case 'said':
      return only({ ...state, said: happening.text });
    case 'gone':
      return only({ ...state, gone: happening.why, said: '' });
    case 'pressed':
      return pressed(state, happening.press, happening.page);
  }
}

function only(state: ConsoleState): Step {
  return { state, effects: [] };
}

function looks({ view, reading }: ConsoleState): readonly Effect[] {
  const looks: Effect[] = [{ do: 'look', at: 'state' }];
  if (view === 'probes') looks.push({ do: 'look', at: 'probes' });
  if (view === 'mailboxes') looks.push({ do: 'look', at: 'mailboxes' });
  // A session that is open goes on while it is read.
  if (reading?.effect.what === 'session') looks.push(reading.effect);
  return looks;
}

function opened(state: ConsoleState, { document, effect }: Extract<Happening, { is: 'opened' }>): ConsoleState {
  const { reading } = state;
  const isSame = reading?.effect.what === effect.what && reading.effect.id === effect.id;
  if (isSame) return { ...state, reading: { ...reading, document } };
  return { ...state, reading: { document, effect, page: 0, from: 0 }, said: '' };
}

function pressed(state: ConsoleState, press: Press, page: number): Step {
  if (press.key === 'interrupt') return leave(state);
  if (state.typing) return typed(state, press);
  if (state.question) return answered(state, press);
  if (state.help === 'shown') return only({ ...state, help: 'hidden' });
  if (state.reading) return whileReading(state, press, page);
  return inView(state, press, page);
}

function leave(state: ConsoleState): Step {
  if (state.gone !== undefined || state.tie === 'attached') return { state, effects: [{ do: 'leave' }] };
  const question: Question = {
    text: 'Leave the console: s stops the sensor, l lets it run on with lines on this terminal, esc stays.',
    answers: { s: { do: 'stop' }, l: { do: 'leave' } },
  };
  return only({ ...state, question, typing: undefined });
}

function answered(state: ConsoleState, press: Press): Step {
  const answer = press.key === 'text' ? state.question?.answers[press.text] : undefined;
  const after = { ...state, question: undefined, said: answer === undefined ? 'Nothing was done.' : '' };
  return { state: after, effects: answer === undefined || answer === 'stay' ? [] : [answer] };
}

function typed(state: ConsoleState, press: Press): Step {
  const { typing, view } = state;
  const { kind, text } = typing!;
  switch (press.key) {
    case 'text':
      return only(withTyped(state, text + press.text));
    case 'erase':
      return only(text === '' ? { ...state, typing: undefined } : withTyped(state, [...text].slice(0, -1).join('')));
    case 'escape':
      return only({ ...(kind === 'filter' ? withPlace(state, view, { filter: '' }) : state), typing: undefined });
    case 'enter':
      return kind === 'filter'
        ? only({ ...state, typing: undefined })
        : commanded({ ...state, typing: undefined }, text);
    default:
      return only(state);
  }
}

/** A filter holds while it is typed. */
function withTyped(state: ConsoleState, text: string): ConsoleState {
  const { kind } = state.typing!;
  const after = { ...state, typing: { kind, text } };
  return kind === 'filter' ? withPlace(after, state.view, { filter: text }) : after;
}

function commanded(state: ConsoleState, text: string): Step {
  const command = commandOf(text);
  switch (command.is) {
    case 'view':
      return show(state, command.view);
    case 'effect':
      return { state, effects: [command.effect] };
    case 'question':
      return only({ ...state, question: command.question });
    case 'leave':
      return leave(state);
    case 'help':
      return only({ ...state, help: 'shown' });
    case 'nothing':
      return only({ ...state, said: command.why });
  }
}

function show(state: ConsoleState, view: ViewName): Step {
  const after = { ...state, view, reading: undefined, said: '' };
  return { state: after, effects: looks(after) };
}

function whileReading(state: ConsoleState, press: Press, page: number): Step {
  const reading = state.reading!;
  const { document, effect } = reading;
  const length = document.pages[reading.page]?.lines.length ?? 0;
  const move = (by: number) =>
    only({ ...state, reading: { ...reading, from: within(reading.from + by, Math.max(length - page, 0) + 1) } });
  const turn = (by: number) => {
    const { pages } = document;
    return only({
      ...state,
      reading: { ...reading, page: (reading.page + by + pages.length) % pages.length, from: 0 },
    });
  };
  switch (press.key) {
    case 'up':
      return move(-1);
    case 'down':
    case 'enter':
      return move(1);
    case 'pageUp':
      return move(-page);
    case 'pageDown':
      return move(page);
    case 'home':
      return move(-length);
    case 'end':
      return move(length);
    case 'left':
    case 'backTab':
      return turn(-1);
    case 'right':
    case 'tab':
      return turn(1);
    case 'escape':
      return only({ ...state, reading: undefined, said: '' });
    case 'text':
      return readingKey(state, press.text, { move, turn, page, length }, effect);
    default:
      return only(state);
  }
}

interface Reader {
  readonly move: (by: number) => Step;
  readonly turn: (by: number) => Step;
  readonly page: number;
  readonly length: number;
}

function readingKey(
  state: ConsoleState,
  text: string,
  { move, turn, page, length }: Reader,
  { what, id }: Extract<Effect, { do: 'open' }>,
): Step {
  switch (text) {
    case 'k':
      return move(-1);
    case 'j':
      return move(1);
    case ' ':
      return move(page);
    case 'g':
      return move(-length);
    case 'G':
      return move(length);
    case 'h':
      return turn(-1);
    case 'l':
      return turn(1);
    case 'q':
      return only({ ...state, reading: undefined, said: '' });
    case '?':
      return only({ ...state, help: 'shown' });
    case 's':
      return what === 'message' ? { state, effects: [{ do: 'save', id }] } : only(state);
    case 'y': {
      const { copied } = state.reading!.document;
      return copied === undefined ? only(state) : { state, effects: [{ do: 'copy', text: copied }] };
    }
    case 'a':
    case 'd':
      return what === 'probe' ? only(askAboutProbe(state, text, id)) : only(state);
    default:
      return only(state);
  }
}

function inView(state: ConsoleState, press: Press, page: number): Step {
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
  const view = /^[1-8]$/.test(text) ? viewNames[Number(text) - 1] : undefined;
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

/** Keys that do something with the row under the cursor. */
function rowKey(state: ConsoleState, text: string): Step {
  const rows = rowsOf(state);
  const row = rows[cursorIn(rows, state)];
  if (!row) return only(state);
  const { key } = row;
  switch (`${state.view} ${text}`) {
    case 'messages s':
      return { state, effects: [{ do: 'save', id: key }] };
    case 'messages y':
      return { state, effects: [{ do: 'copy', text: (row as MessageRow).sha256 }] };
    case 'probes a':
    case 'probes d':
      // What is decided is looked at first: the plan is shown with the question.
      return { state: askAboutProbe(state, text, key), effects: [{ do: 'open', what: 'probe', id: key }] };
    case 'outputs p': {
      const { paused } = (row as unknown as { item: OutputView }).item;
      return { state, effects: [{ do: 'output', act: paused ? 'resume' : 'pause', output: key }] };
    }
    case 'outputs r':
      return { state, effects: [{ do: 'output', act: 'retry', output: key }] };
    case 'outputs R':
      return only(
        asking(state, `Hand everything that the journal has to ${key} once more? y does it, any other key does not.`, {
          do: 'output',
          act: 'rewind',
          output: key,
        }),
      );
    case 'mailboxes r':
      return { state, effects: [{ do: 'mailbox', act: 'retry', mailbox: key }] };
    case 'mailboxes R':
      return only(
        asking(state, `Collect everything from ${key} again? y does it, any other key does not.`, {
          do: 'mailbox',
          act: 'rescan',
          mailbox: key,
        }),
      );
    default:
      return only(state);
  }
}

function askAboutProbe(state: ConsoleState, key: string, id: string): ConsoleState {
  const act = key === 'a' ? 'approve' : 'deny';
  const text =
    act === 'approve'
      ? 'Send this message to strangers, as the plan says? y does it, any other key does not.'
      : 'Deny it for good? y does it, any other key does not.';
  return asking(state, text, { do: 'probe', act, id });
}

function asking(state: ConsoleState, text: string, effect: Effect): ConsoleState {
  return { ...state, question: { text, answers: { y: effect } } };
}

function open(state: ConsoleState): Step {
  const rows = rowsOf(state);
  const row = rows[cursorIn(rows, state)];
  const kinds: Partial<Record<ViewName, 'message' | 'session' | 'probe'>> = {
    messages: 'message',
    sessions: 'session',
    probes: 'probe',
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

function withPlace(state: ConsoleState, view: ViewName, change: Partial<Place>): ConsoleState {
  return { ...state, places: { ...state.places, [view]: { ...state.places[view], ...change } } };
}

function neighbour(view: ViewName, by: number): ViewName {
  const { length } = viewNames;
  return viewNames[(viewNames.indexOf(view) + by + length) % length]!;
}

function within(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1));
}
