import { Listr, type ListrTask } from 'listr2';
import { printable } from '../../text/printable.ts';
import type { Examined, StepResult } from './step.ts';
import { examine } from './try-steps.ts';

/** The steps on a terminal, alive; what does not work is said once more below them, with what to do. */
export async function showOnTerminal(examined: readonly Examined[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const told: StepResult[] = [];
  const tasks = examined.map((each): ListrTask => {
    return {
      title: `${printable(each.subject)} (${each.type})`,
      task: (_, group) => group.newListr(stepTasks(each, signal, told), { exitOnError: false }),
    };
  });
  await new Listr(tasks, {
    exitOnError: false,
    // Ctrl-C is for the command to see to.
    registerSignalListeners: false,
    rendererOptions: { collapseSubtasks: false, collapseSkips: false, showErrorMessage: false },
  }).run();
  for (const { subject, step, detail, fix } of told) {
    process.stdout.write(`\n${printable(subject)}, ${step}: ${printable(detail)}.\n${printable(fix ?? '')}\n`);
  }
  return new Set(told.filter(({ state }) => state === 'failed').map(({ subject }) => subject));
}

function stepTasks(each: Examined, signal: AbortSignal, told: StepResult[]): ListrTask[] {
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
        if (result.fix !== undefined) told.push(result);
        if (result.state === 'warning') task.title = `${text} ⚠`;
        if (result.state !== 'failed') return;
        throw new Error(result.detail);
      },
    };
  });
}
