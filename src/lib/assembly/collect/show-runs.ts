import { Listr, type ListrTask } from 'listr2';
import type { MailboxRun } from '../../collect/collect-once.ts';
import { printable } from '../../text/printable.ts';

const redraw = 250;

/** All mailboxes of a run on a terminal, each with where it stands; resolves when all have come to their end. */
export async function showRuns(runs: readonly MailboxRun[], signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const tasks = runs.map((run): ListrTask => {
    return {
      title: printable(run.mailbox.name),
      task: (_, task) => follow(run, (text) => (task.title = text), signal),
    };
  });
  await new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    // Ctrl-C is for the command to see to.
    registerSignalListeners: false,
    rendererOptions: { showErrorMessage: false, removeEmptyLines: true },
  }).run();

  async function follow(run: MailboxRun, show: (text: string) => void, ending: AbortSignal): Promise<void> {
    for (;;) {
      show(runText(run, Date.now() - startedAt));
      if (isOver(run) || ending.aborted) break;
      // It is the reader's eye that sets this pace.
      await new Promise((resolve) => setTimeout(resolve, redraw));
    }
    if (run.state !== 'done' && run.state !== 'elsewhere') throw new Error(run.fault?.detail ?? run.state);
  }
}

export function isOver({ state }: MailboxRun): boolean {
  return state !== 'queued' && state !== 'running' && state !== 'waiting';
}

/** One mailbox in one line. */
export function runText({ mailbox, figures, state, waiting, missing, fault }: MailboxRun, elapsedMs: number): string {
  const { found, kept, again, handedOver, acted, left, vanished } = figures;
  const rate = elapsedMs > 0 ? Math.round((kept * 1000) / elapsedMs) : 0;
  const remaining = Math.max(0, found - kept - again - left - vanished);
  const parts = [
    `${found} found`,
    `${kept} fetched`,
    ...(again > 0 ? [`${again} known by content`] : []),
    `${handedOver} handed over`,
    ...(acted > 0 ? [`${acted} ${mailbox.action.kind === 'delete' ? 'deleted' : 'marked'}`] : []),
    ...(remaining > 0 && state === 'running' ? [`${remaining} remain, ${rate}/s`] : []),
    ...(waiting > 0 ? [`${waiting} on the way`] : []),
    ...(left > 0 ? [`${left} left`] : []),
    ...(missing.length > 0 ? [`no folder ${missing.map(printable).join(', ')}`] : []),
    ...(fault ? [printable(fault.detail)] : []),
  ];
  const name = printable(mailbox.name);
  if (state === 'elsewhere') return `${name}: another collector has it`;
  return state === 'queued' ? `${name}: waits for a connection` : `${name}: ${parts.join(', ')}`;
}
