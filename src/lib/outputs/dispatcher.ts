import { idTime, type Id } from '../capture/id.ts';
import type { Emit } from '../events/event.ts';
import { reason } from '../errors.ts';
import type { Cursor, Mark } from '../journal/cursor.ts';
import type { JournalLayout } from '../journal/layout.ts';
import { origin, type Position } from '../journal/position.ts';
import { JournalReader, type Entry } from '../journal/reader.ts';
import type { Tail } from '../journal/tail.ts';
import type { Account } from './account.ts';
import { backoff } from './backoff.ts';
import { capturesIn, idOf, isFull, readBatch, runsOf } from './batch.ts';
import {
  BatchRefused,
  isDoubter,
  isStateKeeper,
  isWitness,
  readsFacts,
  TakenBack,
  Unavailable,
  type Outcome,
  type Output,
} from './output.ts';
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
  /** Where it is written down how the output is doing. */
  readonly account?: Account;
  /** Told whenever that has grown; marking a message in a mailbox waits for it. */
  readonly onHandedOver?: (handed: HandedOver) => void;
}

/** What an output has been through: everything from one id to another is delivered, but for what it refused. */
export interface HandedOver {
  readonly since: Id;
  readonly upTo: Id;
  /** Those of them that were refused since this was last told. */
  readonly refused: readonly Id[];
}

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
  #destination: Position | undefined;
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
        this.#progress.skipped();
        emit({ event: 'output.skipped', output: output.name, fromSegment: from.segment, toSegment: to.segment });
      },
      readsFacts(output) ? 'heads' : 'bodies',
    );
  }

  /** Runs until the signal, or until drain() was called and everything in the journal is delivered. */
  async run(signal: AbortSignal): Promise<void> {
    const { output, tail, now } = this.#settings;
    signal.addEventListener('abort', () => this.#awake(), { once: true });
    await this.#persistently(signal, () => this.#takeUp());
    await this.#persistently(signal, () => output.open(this.mark.id));
    while (!signal.aborted) {
      const turn = tail.turn;
      const startedAt = now();
      if (this.#destination) await this.#persistently(signal, () => this.#move());
      const batch = this.#progress.isPaused ? [] : await this.#persistently(signal, async () => this.#readBatch());
      if (batch === undefined) break;
      if (batch.length > 0 && !(await this.#deliver(batch, signal))) break;
      const isDue = this.#progress.isCheckpointDue;
      if (isDue && (await this.#persistently(signal, () => this.#checkpoint())) === 'went back') continue;
      if (batch.length > 0) await this.#giveWay(startedAt, batch);
      else if (this.#draining) break;
      else await tail.advance(turn, idleCheck);
    }
    // What was delivered is made safe even when there was no time to deliver the rest.
    await this.#checkpoint().catch(() => undefined);
    await output.close().catch(() => undefined);
    this.#settings.account?.end();
    this.#reader.close();
  }

  /** Ends once the journal is delivered to its end. */
  drain(): void {
    this.#draining = true;
    this.#awake();
  }

  get name(): string {
    return this.#settings.output.name;
  }

  get account(): Account | undefined {
    return this.#settings.account;
  }

  get isPaused(): boolean {
    return this.#progress.isPaused;
  }

  pause(): void {
    this.#progress.pause(true);
  }

  resume(): void {
    this.#progress.pause(false);
    this.#awake();
  }

  /** Whether it can be sent to another place while it runs: one with a state of its own would count things twice. */
  get canMove(): boolean {
    return !isStateKeeper(this.#settings.output);
  }

  /** Goes on from there, once what is being delivered now is delivered. */
  moveTo(position: Position): void {
    this.#destination = position;
    this.#awake();
  }

  /** Tries again now what waits for its next attempt. */
  retryNow(): void {
    this.#awake();
  }

  get mark(): Mark {
    return this.#progress.mark;
  }

  async #takeUp(): Promise<void> {
    const { emit, output } = this.#settings;
    const recalled = isStateKeeper(output) ? { upTo: await output.recall() } : undefined;
    const fault = this.#progress.takeUp(recalled, isDoubter(output) ? 'checkpoint' : 'mark');
    if (fault !== undefined) emit({ event: 'output.restarted', output: output.name, detail: fault });
    emit({ event: 'output.opened', output: output.name, ...this.mark.position, paused: this.#progress.isPaused });
    this.#tellHandedOver(this.#settings.quarantine.ids());
  }

  // It is opened anew, because it may know what it has from there on.
  async #move(): Promise<void> {
    if (this.#destination === undefined) return;
    this.#progress.moveTo(this.#destination);
    await this.#settings.output.open(undefined);
    this.#destination = undefined;
    this.#settings.emit({ event: 'output.opened', output: this.name, ...this.mark.position, paused: this.isPaused });
  }

  #readBatch(): Entry[] {
    this.#reader.moveTo(this.mark.position);
    const batch = readBatch(this.#reader, this.#settings.output);
    if (batch.length === 0) this.#progress.passed(this.#reader.position);
    return batch;
  }

  /** False when it was given up, because it is time to stop. */
  async #deliver(batch: readonly Entry[], signal: AbortSignal): Promise<boolean> {
    const outcomes = await this.#persistently(signal, () => this.#attempt(batch));
    if (outcomes === undefined) return false;
    if (outcomes === 'bisect') {
      const half = Math.ceil(batch.length / 2);
      return (await this.#deliver(batch.slice(0, half), signal)) && this.#deliver(batch.slice(half), signal);
    }
    return (await this.#persistently(signal, async () => this.#settle(batch, outcomes))) === true;
  }

  async #attempt(batch: readonly Entry[]): Promise<readonly Outcome[] | 'bisect'> {
    const { output } = this.#settings;
    const outcomes: Outcome[] = [];
    try {
      for (const run of runsOf(batch)) {
        if (run.kind === 'captures') outcomes.push(...(await output.deliver(run.captures)));
        else if (isWitness(output)) await output.witness(run.entries);
      }
      return outcomes;
    } catch (error) {
      // Only a message can be refused, for only a message can be set aside.
      if (!(error instanceof BatchRefused) || capturesIn(batch).length === 0) throw error;
      return batch.length > 1 ? 'bisect' : [{ kind: 'refused', why: error.message }];
    }
  }

  #settle(batch: readonly Entry[], outcomes: readonly Outcome[]): true {
    const { output, quarantine, emit } = this.#settings;
    const captures = capturesIn(batch);
    const refused = captures.flatMap((capture, index) => {
      const outcome = outcomes[index];
      return outcome?.kind === 'refused' ? [{ capture, why: outcome.why }] : [];
    });
    const last = batch.at(-1)!;
    // First what may fail and can be done again, then what is only said once.
    for (const { capture, why } of refused) quarantine.keep(capture, why);
    this.#progress.delivered(idOf(batch[0]!), { position: last.next, id: idOf(last) });

    for (const { capture, why } of refused) {
      emit({ event: 'output.quarantined', output: output.name, id: capture.facts.id, detail: why });
    }
    this.#tellHandedOver(refused.map(({ capture }) => capture.facts.id));
    const count = captures.length - refused.length;
    this.#settings.account?.delivered(count);
    if (count > 0) emit({ event: 'output.delivered', output: output.name, count, lastId: captures.at(-1)!.facts.id });
    return true;
  }

  #tellHandedOver(refused: readonly Id[]): void {
    const { since, id } = this.mark;
    if (since !== undefined && id !== undefined) this.#settings.onHandedOver?.({ since, upTo: id, refused });
  }

  async #checkpoint(): Promise<'safe' | 'went back'> {
    const { output, emit } = this.#settings;
    try {
      await this.#progress.checkpoint(() => output.checkpoint());
      return 'safe';
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
      this.#progress.goBack();
      emit({ event: 'output.takenBack', output: output.name, detail: error.message });
      return 'went back';
    }
  }

  // Peers wait for the disk and the processor that this output would take; mail that is safe in the journal can wait.
  async #giveWay(startedAt: number, batch: readonly Entry[]): Promise<void> {
    const { tail, now, policy } = this.#settings;
    if (this.#draining) return;
    if (policy.gather !== undefined && !isFull(batch)) return this.#sleep(policy.gather);
    if (tail.underWay < burst) return;
    if (this.mark.id !== undefined && now() - idTime(this.mark.id) > patience) return;
    await this.#sleep(Math.min((now() - startedAt) * restForWork, longestRest));
  }

  // Tries until it works, or undefined when it is time to stop.
  async #persistently<Result>(signal: AbortSignal, action: () => Promise<Result>): Promise<Result | undefined> {
    const { emit, output, random, account } = this.#settings;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        return await action();
      } catch (error) {
        const least = error instanceof Unavailable ? error.retryAfterMs : 0;
        const retryInMs = Math.max(backoff(attempt, random), least);
        account?.failed(reason(error), attempt);
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
