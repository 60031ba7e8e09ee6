import type { ConsoleState } from './console-state.ts';
import type { Effect } from './effect.ts';
import type { Press } from './press.ts';
import type { Step } from './step.ts';

/** The answer to what was asked; any key that is none of the answers does nothing. */
export function answered(state: ConsoleState, press: Press): Step {
  const answer = press.key === 'text' ? state.question?.answers[press.text] : undefined;
  const after = { ...state, question: undefined, said: answer === undefined ? 'Nothing was done.' : '' };
  return { state: after, effects: answer === undefined || answer === 'stay' ? [] : [answer] };
}

export function asking(state: ConsoleState, text: string, effect: Effect): ConsoleState {
  return { ...state, question: { text, answers: { y: effect } } };
}

export function askAboutProbe(state: ConsoleState, key: string, id: string): ConsoleState {
  const act = key === 'a' ? 'approve' : 'deny';
  const text =
    act === 'approve'
      ? 'Send this message to strangers, as the plan says? y does it, any other key does not.'
      : 'Deny it for good? y does it, any other key does not.';
  return asking(state, text, { do: 'probe', act, id });
}
