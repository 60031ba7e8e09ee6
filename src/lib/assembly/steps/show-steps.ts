import type { ExitCode } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import type { Examined, StepResult } from './step.ts';
import { examine, exitCodeFor } from './try-steps.ts';

/** As JSON lines, in which the subject has a key of its own, or for people. */
export type ShownAs = { readonly json: 'output' | 'mailbox' | 'server' | 'of' } | 'steps';

/** Tries everything, shows what becomes of it, and says how much of it works. */
export async function showSteps(examined: readonly Examined[], shown: ShownAs): Promise<ExitCode> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const failed = await (await showFor(shown))(examined, stop.signal);
    return exitCodeFor(failed.size, examined.length);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    for (const each of examined) each.close();
  }
}

/** Shows what becomes of each step, and returns the subjects that do not work. */
type Show = (examined: readonly Examined[], signal: AbortSignal) => Promise<ReadonlySet<string>>;

async function showFor(shown: ShownAs): Promise<Show> {
  if (shown !== 'steps') {
    const jsonOf = ({ subject, ...rest }: StepResult) => JSON.stringify({ [shown.json]: subject, ...rest });
    return (examined, signal) => showLines(examined, signal, jsonOf);
  }
  if (!process.stdout.isTTY) return (examined, signal) => showLines(examined, signal, lineOf);
  const { showOnTerminal } = await import('./on-terminal.ts');
  return showOnTerminal;
}

async function showLines(
  examined: readonly Examined[],
  signal: AbortSignal,
  line: (result: StepResult) => string,
): Promise<ReadonlySet<string>> {
  const failed = new Set<string>();
  for (const each of examined) {
    for await (const result of examine(each, signal)) {
      process.stdout.write(`${line(result)}\n`);
      if (result.state === 'failed') failed.add(each.subject);
    }
  }
  return failed;
}

function lineOf({ subject, step, state, detail, fix }: StepResult): string {
  const line = `${state.padEnd(7)}  ${printable(subject)}  ${step}: ${printable(detail)}`;
  return fix === undefined ? line : `${line}. ${fix}`;
}
