import type { MailboxRun } from '../../collect/collect-once.ts';
import { exitCodes, type ExitCode } from '../../errors.ts';
import { runSensor, type Run, type Surroundings } from '../sensor.ts';
import { keepService, type MailboxSource } from './keep-service.ts';
import { onceService, type OnceService } from './once-service.ts';
import { showRuns } from './show-runs.ts';

export interface CollectOptions {
  readonly run: Run;
  readonly source: MailboxSource;
}

/** How a single run is shown: as events, on a terminal, or as one object at its end. */
export type Shown = 'events' | 'progress' | 'summary';

/** `spamtrap collect`: all mailboxes once. */
export async function collectAll(options: CollectOptions, shown: Shown): Promise<ExitCode> {
  let once: OnceService | undefined;
  const showing = new AbortController();
  let shownToEnd: Promise<void> = Promise.resolve();
  const intakes = (around: Surroundings) => {
    const service = onceService(around, options.source.mailboxes);
    once = service;
    if (shown === 'progress') shownToEnd = showRuns(service.runs, showing.signal);
    return [service];
  };
  try {
    await runSensor({ ...partsOf(options), ...(shown !== 'events' && { events: 'nowhere' }), intakes });
  } finally {
    showing.abort();
    await shownToEnd;
  }
  if (shown === 'summary') process.stdout.write(`${JSON.stringify(summaryOf(once!))}\n`);
  if (once?.finished === undefined) return exitCodes.interrupted;
  const { outcome } = once.finished;
  return outcome === 'done' ? exitCodes.done : outcome === 'partly' ? exitCodes.partly : exitCodes.failed;
}

/** `spamtrap collect --continuous`. */
export function collectAlways(options: CollectOptions): Promise<ExitCode> {
  return runSensor({ ...partsOf(options), intakes: (around) => [keepService(around, options.source)] });
}

function partsOf({ run, source }: CollectOptions) {
  return {
    ...run,
    software: 'spamtrap',
    host: run.settings.sensor.name,
    desk: 'none',
    broker: 'none',
    mailboxes: source.mailboxes,
  } as const;
}

function summaryOf({ finished, runs }: OnceService): object {
  const { event: _, ...totals } = finished ?? { event: 'collect.finished', outcome: 'interrupted' };
  return { ...totals, byMailbox: Object.fromEntries(runs.map((run) => [run.mailbox.name, runRecord(run)])) };
}

function runRecord({ mailbox, state, figures, waiting, missing, fault }: MailboxRun): object {
  return { account: mailbox.account, state, ...figures, waiting, missing, ...(fault && { fault }) };
}
