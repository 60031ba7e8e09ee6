import { exitCodes, type ExitCode } from '../../errors.ts';
import { Skip, StepFault, StepWarning, type Examined, type Step, type StepResult } from './step.ts';

/** Tries one step, and says what became of it in words. */
export async function tried(subject: string, step: Step, signal: AbortSignal): Promise<StepResult> {
  try {
    return { subject, step: step.name, state: 'ok', detail: await step.run(signal) };
  } catch (error) {
    if (error instanceof Skip) return { subject, step: step.name, state: 'skipped', detail: error.message };
    if (error instanceof StepWarning) {
      return { subject, step: step.name, state: 'warning', detail: error.message, fix: error.fix };
    }
    if (!(error instanceof StepFault)) throw error;
    return { subject, step: step.name, state: 'failed', detail: error.message, fix: error.fix };
  }
}

/** Tries everything of one subject; what needs a step that failed is not tried. */
export async function* examine({ subject, steps }: Examined, signal: AbortSignal): AsyncGenerator<StepResult> {
  let without: string | undefined;
  for (const step of steps) {
    if (without !== undefined) {
      yield { subject, step: step.name, state: 'skipped', detail: `it needs "${without}"` };
      continue;
    }
    const result = await tried(subject, step, signal);
    if (result.state === 'failed' && step.needed === 'by the rest') without = step.name;
    yield result;
  }
}

/** Done when every subject works, partly when some do. */
export function exitCodeFor(failed: number, of: number): ExitCode {
  if (failed === 0) return exitCodes.done;
  return failed < of ? exitCodes.partly : exitCodes.failed;
}
