import type { Id } from '../capture/id.ts';
import { reason } from '../errors.ts';
import type { Availability } from './availability.ts';
import type { Notify } from './notice.ts';
import { lengthOf, type Outgoing, type SegmentWriter } from './segment-writer.ts';
import type { Spare } from './spare.ts';
import type { Tail } from './tail.ts';
import { JournalUnavailable, unavailable } from './unavailable.ts';

interface Waiting extends Outgoing {
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (error: JournalUnavailable) => void;
}

export interface CommitterSettings {
  readonly writer: SegmentWriter;
  readonly spare: Spare;
  readonly tail: Tail;
  readonly notify: Notify;
  readonly availability: Availability;
  /** Called when a batch is kept and there is place for more. */
  readonly resume: () => void;
  readonly nextId: () => Id;
  readonly segmentSize: number;
  readonly maxPending: number;
}

/** At most so much goes into one write; the rest rides with the next. */
const maxBatch = 16 * 2 ** 20;
/** A segment that grows past this is under load, and the next one is worth preparing. */
const busyAfter = 2 ** 20;
const noteDelay = 500;

/**
 * Group commit: while one sync runs, everybody who comes waits together for the next. One write and one sync then
 * serve all of them, in the order in which they came.
 */
export class Committer {
  readonly #settings: CommitterSettings;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;
  #scheduled = false;
  #noteTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(settings: CommitterSettings) {
    this.#settings = settings;
  }

  /** Resolves once the record is on disk. The record takes its place in the journal at the call, not later. */
  commit(record: Omit<Outgoing, 'id'>): { readonly id: Id; readonly kept: Promise<void> } {
    const id = this.#settings.nextId();
    const kept = new Promise<void>((resolve, reject) => this.#enqueue({ ...record, id }, resolve, reject));
    this.#schedule();
    return { id, kept };
  }

  /** Rides with the next write; on a quiet journal within half a second. Nobody waits, and nobody is told of a loss. */
  note(record: Omit<Outgoing, 'id'>): void {
    this.#enqueue({ ...record, id: this.#settings.nextId() }, ignore, ignore);
    this.#noteTimer ??= setTimeout(() => this.#schedule(), noteDelay).unref();
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#schedule();
    while (this.#running ?? this.#scheduled) await (this.#running ?? new Promise((resolve) => setImmediate(resolve)));
  }

  #enqueue(record: Outgoing, resolve: () => void, reject: (error: JournalUnavailable) => void): void {
    const size = record.meta.length + lengthOf(record.body);
    if (this.#closed) return reject(new JournalUnavailable('closed', 'The journal is closed.'));
    // One record is always taken: a limit below the size of a message must not refuse that message for ever.
    if (this.#queuedBytes > 0 && this.#queuedBytes + size > this.#settings.maxPending) {
      const detail = `${this.#queuedBytes} bytes already wait for the disk`;
      this.#settings.availability.refuse('busy', detail);
      return reject(new JournalUnavailable('busy', `The journal cannot keep the message: ${detail}.`));
    }
    this.#queue.push({ ...record, size, resolve, reject });
    this.#queuedBytes += size;
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.#queue.length === 0) return;
    this.#scheduled = true;
    // Everyone who arrives within this turn of the event loop shares the write.
    setImmediate(() => {
      this.#scheduled = false;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        this.#schedule();
      });
    });
  }

  async #run(): Promise<void> {
    clearTimeout(this.#noteTimer);
    this.#noteTimer = undefined;
    const batch = this.#takeBatch();
    try {
      await this.#write(batch);
    } catch (error) {
      const refusal = unavailable(error);
      this.#settings.availability.refuse(refusal.why, reason(error));
      for (const waiting of batch) waiting.reject(refusal);
      return;
    }
    this.#settings.tail.publish(this.#settings.writer.position);
    this.#resume();
    for (const waiting of batch) waiting.resolve();
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const { writer, spare, notify } = this.#settings;
    if (writer.isOpen && this.#isTimeToRotate()) await writer.finish();
    if (!writer.isOpen) {
      await writer.begin();
      notify({ event: 'journal.rotated', segment: writer.position.segment });
    }
    await writer.append(batch);
    if (writer.position.offset > busyAfter) spare.prepare();
  }

  #isTimeToRotate(): boolean {
    const { writer, spare, segmentSize } = this.#settings;
    if (writer.position.offset >= segmentSize) return true;
    return spare.isReady && !writer.isPreallocated && writer.position.offset > busyAfter;
  }

  #takeBatch(): Waiting[] {
    let count = 0;
    let bytes = 0;
    while (count < this.#queue.length && (count === 0 || bytes + this.#queue[count]!.size <= maxBatch)) {
      bytes += this.#queue[count]!.size;
      count++;
    }
    const batch = count === this.#queue.length ? this.#queue : this.#queue.slice(0, count);
    this.#queue = count === this.#queue.length ? [] : this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    return batch;
  }

  // On a disk that is just too slow, refusing and resuming would else be told with every batch.
  #resume(): void {
    if (this.#queuedBytes * 2 <= this.#settings.maxPending) this.#settings.resume();
  }
}

function ignore(): void {
  // Session records are evidence, but nobody was promised that they are kept.
}
