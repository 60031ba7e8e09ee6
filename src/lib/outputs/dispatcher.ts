import type { Capture } from '../capture/capture.ts';
import { idTime, type Id } from '../capture/id.ts';
import type { Emit } from '../events/event.ts';
import { reason } from '../errors.ts';
import type { Cursor, Mark } from '../journal/cursor.ts';
import type { JournalLayout } from '../journal/layout.ts';
import { origin } from '../journal/position.ts';
import { JournalReader, type CaptureEntry } from '../journal/reader.ts';
import type { Tail } from '../journal/tail.ts';
import { backoff } from './backoff.ts';
import { BatchRefused, type Outcome, type Output } from './output.ts';
import { Progress, type ReaderPolicy } from './progress.ts';
import type { Quarantine } from './quarantine.ts';

export interface DispatcherSettings {
  readonly output: Output;
  readonly cursor: Cursor;
  readonly layout: JournalLayout;
  readonly tail: Tail;
  readonly policy: ReaderPolicy;
  readonly quarantine: Quarantine;
  readonly emit: Emit;
  readonly now: () => number;
  readonly random: () => number;
  /** Told for each capture what became of it, in order; marking a message in a mailbox waits for this. */
  readonly onOutcome?: (id: Id, outcome: Outcome) => void;
}

/** One batch is the window of what is under way at an output. */
const windowCount = 256;
const windowBytes = 4 * 2 ** 20;
const idleCheck = 1_000;

/** So many messages under way at the journal are a burst. While it lasts an output works a fifth of the time. */
const burst = 8;
const restForWork = 4;
const longestRest = 250;
/** But no message waits longer than this because of others that came after it. */
const patience = 60_000;

/**
 * Drives one output from its own cursor: read, deliver, then move the cursor, in the order of the journal. It never
 * skips; after a crash it may repeat.
 */
export class Dispatcher {
  readonly #settings: DispatcherSettings;
  readonly #reader: JournalReader;
  readonly #progress: Progress;
  #draining = false;
  #wake: () => void = () => undefined;

  constructor(settings: DispatcherSettings) {
    const { layout, tail, output, emit } = settings;
    this.#settings = settings;
    this.#progress = new Progress(settings);
    this.#reader = new JournalReader(
      layout,
      origin,
      () => tail.position,
      (from, to) => {
        emit({ event: 'output.skipped', output: output.name, fromSegment: from.segment, toSegment: to.segment });
      },
    );
  }

  /** Runs until the signal, or until drain() was called and everything in the journal is delivered. */
  async run(signal: AbortSignal): Promise<void> {
    const { output, tail, now } = this.#settings;
    signal.addEventListener('abort', () => this.#awake(), { once: true });
    await this.#persistently(signal, async () => this.#takeUp());
    await this.#persistently(signal, () => output.open(this.mark.id));
    while (!signal.aborted) {
      const turn = tail.turn;
      const startedAt = now();
      const batch = this.#progress.isPaused ? [] : await this.#persistently(signal, async () => this.#readBatch());
      if (batch === undefined) break;
      if (batch.length > 0 && !(await this.#deliver(batch, signal))) break;
      if (this.#progress.isCheckpointDue) await this.#persistently(signal, () => this.#checkpoint());
      if (batch.length > 0) await this.#giveWay(startedAt);
      else if (this.#draining) break;
      else await tail.advance(turn, idleCheck);
    }
    // What was delivered is made safe even when there was no time to deliver the rest.
    await this.#checkpoint().catch(() => undefined);
    await output.close().catch(() => undefined);
    this.#reader.close();
  }

  /** Ends once the journal is delivered to its end. */
  drain(): void {
    this.#draining = true;
    this.#awake();
  }

  pause(): void {
    this.#progress.pause(true);
  }

  resume(): void {
    this.#progress.pause(false);
    this.#awake();
  }

  /** Tries again now what waits for its next attempt. */
  retryNow(): void {
    this.#awake();
  }

  get mark(): Mark {
    return this.#progress.mark;
  }

  #takeUp(): void {
    const { emit, output } = this.#settings;
    const fault = this.#progress.takeUp();
    if (fault !== undefined) emit({ event: 'output.restarted', output: output.name, detail: fault });
    emit({ event: 'output.opened', output: output.name, ...this.mark.position, paused: this.#progress.isPaused });
  }

  #readBatch(): CaptureEntry[] {
    const batch: CaptureEntry[] = [];
    let bytes = 0;
    this.#reader.moveTo(this.mark.position);
    while (batch.length < windowCount && bytes < windowBytes) {
      const entry = this.#reader.next();
      if (entry === undefined) break;
      if (entry.kind !== 'capture') continue;
      batch.push(entry);
      bytes += entry.capture.facts.size;
    }
    if (batch.length === 0) this.#progress.passed(this.#reader.position);
    return batch;
  }

  /** False when it was given up, because it is time to stop. */
  async #deliver(batch: readonly CaptureEntry[], signal: AbortSignal): Promise<boolean> {
    const captures = batch.map((entry) => entry.capture);
    const outcomes = await this.#persistently(signal, () => this.#attempt(captures));
    if (outcomes === undefined) return false;
    if (outcomes === 'bisect') {
      const half = Math.ceil(batch.length / 2);
      return (await this.#deliver(batch.slice(0, half), signal)) && this.#deliver(batch.slice(half), signal);
    }
    return (await this.#persistently(signal, async () => this.#settle(batch, outcomes))) === true;
  }

  async #attempt(captures: readonly Capture[]): Promise<readonly Outcome[] | 'bisect'> {
    try {
      return await this.#settings.output.deliver(captures);
    } catch (error) {
      if (!(error instanceof BatchRefused)) throw error;
      return captures.length > 1 ? 'bisect' : [{ kind: 'refused', why: error.message }];
    }
  }

  #settle(batch: readonly CaptureEntry[], outcomes: readonly Outcome[]): true {
    const { output, quarantine, emit, onOutcome } = this.#settings;
    const refused = batch.flatMap(({ capture }, index) => {
      const outcome = outcomes[index];
      return outcome?.kind === 'refused' ? [{ capture, why: outcome.why }] : [];
    });
    const last = batch.at(-1)!;
    // First what may fail and can be done again, then what is only said once.
    for (const { capture, why } of refused) quarantine.keep(capture, why);
    this.#progress.delivered({ position: last.next, id: last.capture.facts.id });

    for (const { capture, why } of refused) {
      emit({ event: 'output.quarantined', output: output.name, id: capture.facts.id, detail: why });
    }
    for (const [index, { capture }] of batch.entries()) onOutcome?.(capture.facts.id, outcomes[index]!);
    const count = batch.length - refused.length;
    if (count > 0) emit({ event: 'output.delivered', output: output.name, count, lastId: last.capture.facts.id });
    return true;
  }

  #checkpoint(): Promise<void> {
    return this.#progress.checkpoint(() => this.#settings.output.checkpoint());
  }

  // Peers wait for the disk and the processor that this output would take; mail that is safe in the journal can wait.
  async #giveWay(startedAt: number): Promise<void> {
    const { tail, now } = this.#settings;
    if (this.#draining || tail.underWay < burst) return;
    if (this.mark.id !== undefined && now() - idTime(this.mark.id) > patience) return;
    await this.#sleep(Math.min((now() - startedAt) * restForWork, longestRest));
  }

  // Tries until it works, or undefined when it is time to stop.
  async #persistently<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result | undefined> {
    const { emit, output, random } = this.#settings;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        return await action();
      } catch (error) {
        const retryInMs = backoff(attempt, random);
        emit({ event: 'output.failed', output: output.name, detail: reason(error), attempt, retryInMs });
        if (this.#draining) return undefined;
        await this.#sleep(retryInMs);
      }
    }
    return undefined;
  }

  async #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }

  #awake(): void {
    this.#wake();
    this.#settings.tail.nudge();
  }
}
