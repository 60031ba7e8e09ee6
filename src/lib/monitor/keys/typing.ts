import { commandOf } from '../commands.ts';
import type { ConsoleState } from '../console-state.ts';
import { leave } from '../leave.ts';
import { show } from '../looks.ts';
import type { Press } from '../press.ts';
import { only, withPlace, type Step } from '../step.ts';

/** A key while a filter or a command is typed. */
export function typed(state: ConsoleState, press: Press): Step {
  const { typing, view } = state;
  const { kind, text } = typing!;
  switch (press.key) {
    case 'text':
      return only(withTyped(state, text + press.text));
    case 'erase':
      return only(
        text === '' ? { ...state, typing: undefined } : withTyped(state, Array.from(text).slice(0, -1).join('')),
      );
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
