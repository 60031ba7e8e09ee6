import type { ConsoleState } from '../console-state.ts';
import { cursorIn, rowsOf } from '../lists.ts';
import { asking, askAboutProbe } from '../questions.ts';
import type { MessageRow } from '../rows.ts';
import type { OutputView } from '../sensor-view.ts';
import { only, type Step } from '../step.ts';

/** Keys that do something with the row under the cursor. */
export function rowKey(state: ConsoleState, text: string): Step {
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
