import { Listr, type ListrTask } from 'listr2';
import { printable } from '../../text/printable.ts';
import { examine, type Examined } from './examine.ts';
import type { StepResult } from './step.ts';

/** The steps on a terminal, alive; what does not work is said once more below them, with what to do. */
export async function showSteps(examined: readonly Examined[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const failures: StepResult[] = [];
  const tasks = examined.map((each): ListrTask => {
    return {
      title: `${each.output} (${each.type})`,
      task: (_, group) => group.newListr(stepTasks(each, signal, failures), { exitOnError: false }),
    };
  });
  await new Listr(tasks, {
    exitOnError: false,
    // Ctrl-C is for the command to see to.
    registerSignalListeners: false,
    rendererOptions: { collapseSubtasks: false, collapseSkips: false, showErrorMessage: false },
  }).run();
  for (const { output, step, detail, fix } of failures) {
    process.stdout.write(`\n${output}, ${step}: ${printable(detail)}.\n${printable(fix ?? '')}\n`);
  }
  return new Set(failures.map(({ output }) => output));
}

function stepTasks(each: Examined, signal: AbortSignal, failures: StepResult[]): ListrTask[] {
  // The steps come one after the other, whoever waits for them.
  const results = examine(each, signal);
  return each.steps.map(({ name }): ListrTask => {
    return {
      title: name,
      async task(_, task) {
        const { value: result } = (await results.next()) as { value: StepResult };
        const text = `${name}: ${printable(result.detail)}`;
        task.title = text;
        if (result.state === 'skipped') task.skip();
        if (result.state !== 'failed') return;
        failures.push(result);
        throw new Error(result.detail);
      },
    };
  });
}
