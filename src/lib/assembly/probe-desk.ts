import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Capture } from '../capture/capture.ts';
import type { Emit } from '../events/event.ts';
import { acknowledgement } from '../config/schema/probes.ts';
import { readersOfOurs } from '../config/schema/outputs.ts';
import { delivered, type FactsReader, type Outcome, type Output } from '../outputs/output.ts';
import { Courier } from '../probe/courier/courier.ts';
import type { Desk } from '../probe/desk/desk.ts';
import { waitingStates, type Probe } from '../probe/probe.ts';
import type { RelayMode } from '../probe/relay-mode.ts';
import { Sandbox } from '../probe/sandbox.ts';
import { sendingOf, type DeskStart } from './desk-settings.ts';
import { allowanceAt } from './cluster/budget.ts';
import { openDesk } from './open-desk.ts';
import { ProbeCopies } from './probe-copies.ts';
import { destinationsOf, probeRelay } from './probe-relay.ts';

/** How often it is looked at whether a command has decided something. */
const lookEvery = 250;

export interface ProbeDeskSurroundings {
  readonly dataDir: string;
  readonly software: string;
  readonly emit: Emit;
}

/** The probe desk of a running sensor: it reads the journal, and sends what was approved. */
export interface ProbeDesk {
  readonly desk: Desk;
  readonly reader: Output;
  /** Runs until `ending`; what is being sent then has until `hurry`. */
  run(ending: AbortSignal, hurry: AbortSignal): Promise<void>;
}

export function probeDesk(start: DeskStart, { dataDir, software, emit }: ProbeDeskSurroundings): ProbeDesk {
  const { probes, heloName, maildir } = start;
  const sending = sendingOf(probes);
  const desk = openDesk(dataDir, probes, emit);
  let courier: Courier | undefined;
  return {
    desk,
    reader: new DeskReader(desk, sending.mode, () => courier?.wake()),
    async run(ending, hurry) {
      tellOpened(desk, probes, emit);
      const sandbox = sending.mode === 'sandbox' ? await openSandbox(dataDir, emit) : undefined;
      const copies = maildir === undefined ? {} : copiesIn(maildir, { desk, software, host: heloName, signal: ending });
      const relay = probeRelay(start, destinationsOf(sending.mode, probes, sandbox?.port ?? 0));
      const end = new AbortController();
      const closing = AbortSignal.any([hurry, end.signal]);
      const allowance = allowanceAt(start.budget, probes, closing);
      courier = new Courier({ desk, sending, relay, allowance, emit, interval: lookEvery, ...copies });
      try {
        await courier.run(ending, hurry);
      } finally {
        end.abort();
        await sandbox?.close();
        desk.close();
      }
    },
  };
}

function tellOpened(desk: Desk, probes: DeskStart['probes'], emit: Emit): void {
  const { mode } = sendingOf(probes);
  // Without a desk, or with one that is closed, there is nothing to say here.
  if (mode === 'off' || desk.closed) return;
  const stop = desk.killSwitch.state();
  const reasons = [
    ...(mode === probes.mode ? [] : [`${probes.mode} needs probes.acknowledge: "${acknowledgement}"`]),
    ...(stop.is === 'stopped' ? [`nothing is sent: ${stop.why}`] : []),
  ];
  const waiting = desk.list({ states: waitingStates }).length;
  emit({ event: 'desk.opened', mode, waiting, but: reasons.length > 0 ? reasons.join('; ') : undefined });
}

/** Puts on the desk what a rule has chosen for it. */
class DeskReader implements FactsReader {
  // What it keeps is compared with the hash before it is sent.
  readonly reads = 'facts';
  readonly name = readersOfOurs.desk;
  readonly #desk: Desk;
  readonly #mode: RelayMode;
  readonly #wake: () => void;

  constructor(desk: Desk, mode: RelayMode, wake: () => void) {
    this.#desk = desk;
    this.#mode = mode;
    this.#wake = wake;
  }

  async open(): Promise<void> {
    // The desk is open already.
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    const held: readonly Probe[] = this.#desk.hold(batch, this.#mode);
    if (held.length > 0) this.#wake();
    return batch.map(() => delivered);
  }

  async checkpoint(): Promise<void> {
    // What is on the desk is synced before it is said to be there.
  }

  async close(): Promise<void> {
    // The courier closes the desk: it may have something to send when the journal is read to its end.
  }
}

function openSandbox(dataDir: string, emit: Emit): Promise<Sandbox> {
  return Sandbox.open({
    path: join(dataDir, 'sandbox'),
    now: Date.now,
    randomInt,
    took: ({ id, from, to, size }) => emit({ event: 'sandbox.received', id, from, recipients: to, size }),
  });
}

function copiesIn(maildir: string, settings: Omit<ConstructorParameters<typeof ProbeCopies>[0], 'maildir'>) {
  const { announce, concluded } = new ProbeCopies({ maildir, ...settings });
  return { announce, concluded };
}
