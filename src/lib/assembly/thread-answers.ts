import { Fault, reason } from '../errors.ts';
import type { ThreadAnswer, ThreadQuestion } from './thread-service.ts';

/** What a thread can be asked for, by name. */
export type ThreadOperations = Readonly<Record<string, (given: never) => unknown>>;

/** Answers a question that was put to this thread. */
export async function answerIn(
  operations: ThreadOperations,
  { ask, id: answered, with: given }: ThreadQuestion,
): Promise<ThreadAnswer> {
  try {
    return { answered, answer: await operations[ask]?.(given as never) };
  } catch (error) {
    if (!(error instanceof Fault)) return { answered, fault: bug(error) };
    const { message, code, fix, exit } = error;
    return { answered, fault: { message, code, fix, exit } };
  }
}

function bug(error: unknown) {
  const fix = 'Please report it, with what was asked.';
  return { message: `A fault of ours kept it from being done: ${reason(error)}.`, code: 'bug', fix };
}
