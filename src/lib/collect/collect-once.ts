import { setTimeout } from 'node:timers/promises';
import type { MailboxSession } from '../mailbox/session.ts';
import { foldersOf, throughDoorway, type Doorway } from './doorway.ts';
import { noFigures, type Figures } from './figures.ts';
import type { Mailbox } from './mailbox.ts';
import { troubleOf, type Trouble } from './trouble.ts';
import { Visit, type VisitMeans } from './visit.ts';

/** A server that cuts every connection without a single message getting through is given up. */
const attempts = 3;
const longestPause = 5_000;

export interface OnceMeans extends VisitMeans {
  readonly doorway: Doorway;
  /** How long nothing may be handed over before what is on its way is left for the next run. */
  readonly patienceMs: number;
  readonly random: () => number;
  readonly newSessionId: () => string;
}

/** How one mailbox stands in a run; it changes while it is collected. */
export interface MailboxRun {
  readonly mailbox: Mailbox;
  readonly figures: Figures;
  /** Elsewhere: another collector has it. */
  state: 'queued' | 'running' | 'waiting' | 'done' | 'partly' | 'failed' | 'elsewhere';
  /** In the journal, and not yet handed over. */
  waiting: number;
  missing: readonly string[];
  fault?: { readonly why: Trouble['why']; readonly detail: string };
}

export function newRun(mailbox: Mailbox): MailboxRun {
  return { mailbox, figures: noFigures(), state: 'queued', waiting: 0, missing: [] };
}

/** Collects everything that is in a mailbox now, and waits until it is handed over and acted on. */
export async function collectOnce(means: OnceMeans, run: MailboxRun, signal: AbortSignal): Promise<void> {
  const { mailbox, figures } = run;
  const { custody, emit, random } = means;
  const refusedBefore = custody.refusedOf(mailbox.account);
  for (let attempt = 1; ; attempt++) {
    const before = figures.kept + figures.acted;
    try {
      await throughDoorway(means.doorway, mailbox, signal, (session) => collectFolders(means, run, session, signal));
      const isWhole = run.waiting === 0 && figures.left === 0 && custody.refusedOf(mailbox.account) === refusedBefore;
      run.state = isWhole ? 'done' : 'partly';
      return;
    } catch (error) {
      // Numbers of messages that will be found again.
      figures.found = figures.kept + figures.again + figures.left + figures.vanished;
      if (figures.kept + figures.acted > before) attempt = 0;
      const { why, detail } = troubleOf(error);
      const fault = { why, detail };
      if (signal.aborted || attempt >= attempts || isFinal(fault.why)) {
        run.fault = fault;
        run.state = figures.kept > 0 ? 'partly' : 'failed';
        emit({ event: 'mailbox.failed', mailbox: mailbox.name, ...fault, attempt: Math.max(attempt, 1), retryInMs: 0 });
        return;
      }
      const retryInMs = Math.round(random() * Math.min(longestPause, 250 * 2 ** attempt));
      emit({ event: 'mailbox.failed', mailbox: mailbox.name, ...fault, attempt: Math.max(attempt, 1), retryInMs });
      await setTimeout(retryInMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function collectFolders(
  means: OnceMeans,
  run: MailboxRun,
  session: MailboxSession,
  signal: AbortSignal,
): Promise<void> {
  const { mailbox, figures } = run;
  run.state = 'running';
  const { chosen, missing } = await foldersOf(mailbox, session);
  run.missing = missing;
  means.emit({ event: 'mailbox.opened', mailbox: mailbox.name, host: mailbox.access.host, folders: chosen, missing });
  const opening = { mailbox, session, figures, id: means.newSessionId() };
  for (const [index, name] of chosen.entries()) {
    const visit = await Visit.open(means, opening, name);
    const count = await visit.collect(signal);
    const { waiting } = visit;
    if (count > 0) means.emit({ event: 'mailbox.collected', mailbox: mailbox.name, folder: name, count, waiting });
    // Where there is no other folder, the one that is open need not be opened again.
    if (index === chosen.length - 1) await settle(means, run, visit, signal);
  }
  for (const name of chosen.slice(0, -1)) {
    if (!session.usable || signal.aborted) break;
    await settle(means, run, await Visit.open(means, opening, name), signal);
  }
  run.waiting = means.custody.book.standing(mailbox.account).waiting;
}

/** Waits for outputs as long as they get on, and does on the server what is to be done. */
async function settle(means: OnceMeans, run: MailboxRun, visit: Visit, signal: AbortSignal): Promise<void> {
  const { custody, patienceMs, now } = means;
  run.state = 'waiting';
  for (run.waiting = visit.waiting; run.waiting > 0 && !signal.aborted; run.waiting = visit.waiting) {
    const left = patienceMs - (now() - custody.movedAt);
    if (left <= 0) break;
    await visit.change(AbortSignal.any([signal, AbortSignal.timeout(left)]));
    if (!visit.actsAtEnd) await visit.act();
  }
  await visit.act();
}

/** Whether trying again at once can do no good. */
function isFinal(why: Trouble['why']): boolean {
  return why === 'credentials' || why === 'refused' || why === 'tls' || why === 'storage' || why === 'throttled';
}
