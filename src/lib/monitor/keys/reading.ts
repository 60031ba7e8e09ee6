import type { ConsoleState } from '../console-state.ts';
import type { Effect } from '../effect.ts';
import type { Press } from '../press.ts';
import { askAboutProbe } from '../questions.ts';
import { only, within, type Step } from '../step.ts';
import { linesWithin } from '../views/reading.ts';

/** A key while something is open. */
export function whileReading(state: ConsoleState, press: Press, rows: number): Step {
  const page = linesWithin(rows);
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
