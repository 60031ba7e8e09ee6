import { reason } from '../../errors.ts';
import type { Desk } from '../desk/desk.ts';
import type { Settlement } from '../desk/settle.ts';
import type { Probe } from '../probe.ts';
import type { RelayReport } from '../relay/report.ts';
import type { Relay, RelayJob } from '../relay-job.ts';
import { jobsOf } from './jobs.ts';
import { notSent, outcomesOf } from './outcomes.ts';

export interface DeliverySettings {
  readonly desk: Desk;
  readonly relay: Relay;
  /** Writes down that it is about to be sent; what cannot be written down is not sent. */
  readonly announce?: (probe: Probe) => Promise<void>;
  /** Keeps an outcome, trying again while another process writes. */
  readonly settle: (probe: Probe, settlement: Settlement) => Promise<Probe>;
}

/** Sends a probe for which there is a reservation: one job after the other, each outcome kept before the next begins. */
export async function deliver(
  reserved: Probe,
  content: Buffer,
  { desk, relay, announce, settle }: DeliverySettings,
  signal: AbortSignal,
): Promise<Probe> {
  const jobs = jobsOf(reserved, content);
  const failure = await failureOf(async () => announce?.(reserved));
  let probe = reserved;
  for (const job of jobs) {
    const why = failure === undefined ? objection(desk, signal) : `its copy could not be written: ${failure}`;
    const settlement =
      why === undefined ? await send(job, { desk, relay }, signal) : { outcomes: notSent(job, why), why };
    probe = await settle(probe, settlement);
  }
  return probe;
}

async function send(
  job: RelayJob,
  { desk, relay }: Pick<DeliverySettings, 'desk' | 'relay'>,
  signal: AbortSignal,
): Promise<Settlement> {
  const answers: (string | undefined)[] = [];
  const mayStill = () => {
    answers.push(objection(desk, signal));
    return answers.at(-1) === undefined;
  };
  const report = await ask(() => relay(job, mayStill, signal));
  const [why] = answers;
  // It was never allowed to open a connection.
  if (why !== undefined && !answers.includes(undefined) && report.outcome !== 'relayed') {
    return { outcomes: notSent(job, why), report, why };
  }
  return { outcomes: outcomesOf(job, report), report, why: `${report.outcome}: ${job.to.join(', ')}` };
}

/** Why no connection may be opened now. */
function objection(desk: Desk, signal: AbortSignal): string | undefined {
  const state = desk.killSwitch.state();
  if (state.is === 'stopped') return `relaying was stopped before it was sent: ${state.why}`;
  if (signal.aborted) return 'the program was ending before it was sent';
  if (!desk.isSound()) return 'the desk was closed before it was sent';
  return undefined;
}

async function ask(relay: () => Promise<RelayReport>): Promise<RelayReport> {
  try {
    return await relay();
  } catch (error) {
    // Where it broke, nobody knows.
    const exception = reason(error);
    return { outcome: 'uncertain', why: exception, recipients: [], dotSent: true, exception, attempts: [] };
  }
}

async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return reason(error);
  }
}
