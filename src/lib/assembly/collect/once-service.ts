import { collectOnce, newRun, type MailboxRun } from '../../collect/collect-once.ts';
import { sumOf } from '../../collect/figures.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventOf } from '../../events/event.ts';
import type { Surroundings } from '../sensor.ts';
import type { Service } from '../service-group.ts';
import { CollectWork } from './work.ts';

type Finished = EventOf<'collect.finished'>;

export interface OnceService extends Service {
  readonly runs: readonly MailboxRun[];
  /** Undefined while it runs, and when it was interrupted. */
  readonly finished: Finished | undefined;
}

/** So long it may take until the cluster has said whose the mailboxes are. */
const longestAsking = 60_000;
const nobodyAnswers = { why: 'elsewhere', detail: 'the cluster cannot be asked whose mailbox it is' } as const;

/** Collects all mailboxes once; when that is done, everything may end. */
export function onceService(around: Surroundings, mailboxes: readonly Mailbox[]): OnceService {
  const runs = mailboxes.map(newRun);
  const abort = new AbortController();
  const over = Promise.withResolvers<string>();
  const { parallel, patience: patienceMs, connections } = around.settings.collect;
  // What others collect at this moment is theirs to finish, and what we collect is ours.
  const share = around.cluster?.shareMailboxes({ handsOn: 'atTheEnd', collect: async () => undefined });
  let work: CollectWork | undefined;
  let running: Promise<void> = Promise.resolve();
  let finished: Finished | undefined;

  async function runsOfOurs(): Promise<MailboxRun[]> {
    if (share === undefined) return runs.slice();
    share.name(mailboxes.map(({ account }) => account));
    const patience = sleep(Math.min(patienceMs, longestAsking), 'nobody answers', { signal: abort.signal });
    const answer = await Promise.race([share.settled, patience.catch(() => 'interrupted' as const)]);
    const isOurs = ({ mailbox }: MailboxRun) => share.has(mailbox.account);
    for (const run of runs) {
      if (answer === 'nobody answers') Object.assign(run, { state: 'failed', fault: nobodyAnswers });
      else if (!isOurs(run)) run.state = 'elsewhere';
    }
    const ours = runs.filter(isOurs);
    // What comes free from now on is for those who still look.
    share.name(ours.map(({ mailbox }) => mailbox.account));
    return ours;
  }

  async function runAll({ means }: CollectWork): Promise<void> {
    const waiting = await runsOfOurs();
    const once = { ...means, patienceMs };
    const worker = async () => {
      for (let run = waiting.shift(); run && !abort.signal.aborted; run = waiting.shift()) {
        await collectOnce(once, run, abort.signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, connections, runs.length) }, worker));
    if (abort.signal.aborted) return;
    finished = finishedEvent(runs);
    around.hub.emit(finished);
    over.resolve('all mailboxes are collected');
  }

  return {
    name: 'collect',
    runs,
    over: over.promise,
    get finished() {
      return finished;
    },
    async start(fatal) {
      work = new CollectWork(around, fatal, share);
      running = runAll(work).catch(fatal);
    },
    async stop() {
      abort.abort();
      await running;
      await work?.close();
    },
  };
}

function finishedEvent(runs: readonly MailboxRun[]): Finished {
  const failed = runs.filter(({ state }) => state === 'failed').map(({ mailbox }) => mailbox.name);
  const isDone = runs.every(({ state }) => state === 'done' || state === 'elsewhere');
  const isFailed = runs.length > 0 && failed.length === runs.length;
  return {
    event: 'collect.finished',
    outcome: isDone ? 'done' : isFailed ? 'failed' : 'partly',
    mailboxes: runs.length,
    failed,
    waiting: runs.reduce((sum, { waiting }) => sum + waiting, 0),
    ...sumOf(runs.map(({ figures }) => figures)),
  };
}
