import type { ExitCode } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import { examinations, examine, exitCodeFor, type Examined, type ExamineWish } from './examine.ts';
import type { StepResult } from './step.ts';

export interface FeedTestWish extends ExamineWish {
  readonly shows: 'json' | 'steps';
}

/** The whole of `spamtrap feed-test`. */
export async function feedTest({ shows, ...wish }: FeedTestWish): Promise<ExitCode> {
  const examined = await examinations(wish);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const failed = await (await showFor(shows))(examined, stop.signal);
    return exitCodeFor(failed.size, examined.length);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    for (const each of examined) each.close();
  }
}

async function showFor(shows: FeedTestWish['shows']): Promise<Show> {
  if (shows === 'json') return showJson;
  if (!process.stdout.isTTY) return showText;
  const { showSteps } = await import('./show-steps.ts');
  return showSteps;
}

/** Shows what becomes of each step, and returns the outputs that do not work. */
type Show = (examined: readonly Examined[], signal: AbortSignal) => Promise<ReadonlySet<string>>;

const showJson: Show = (examined, signal) => showLines(examined, signal, (result) => JSON.stringify(result));

const showText: Show = (examined, signal) => showLines(examined, signal, lineOf);

async function showLines(
  examined: readonly Examined[],
  signal: AbortSignal,
  line: (result: StepResult) => string,
): Promise<ReadonlySet<string>> {
  const failed = new Set<string>();
  for (const each of examined) {
    for await (const result of examine(each, signal)) {
      process.stdout.write(`${line(result)}\n`);
      if (result.state === 'failed') failed.add(each.output);
    }
  }
  return failed;
}

function lineOf({ output, step, state, detail, fix }: StepResult): string {
  const line = `${state.padEnd(7)}  ${output}  ${step}: ${printable(detail)}`;
  return fix === undefined ? line : `${line}. ${fix}`;
}
