import { createHash, type Hash } from 'node:crypto';
import type { CaptureFacts, CaptureOrigin } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import { sha256, type CaptureMeta } from './body.ts';
import { Pieces } from './pieces.ts';
import { sampleOf, type ContentSample, type SampleSize } from './sample.ts';
import type { SideWriter } from './side.ts';
import { unavailable, type JournalUnavailable } from './unavailable.ts';
import { isoTime } from '../text/time.ts';

/** What a draft asks of its journal. */
export interface DraftKeeper {
  begun(): void;
  ended(): void;
  /** Whether so many bytes more of unfinished messages may stay in memory. */
  mayHold(bytes: number): boolean;
  held(difference: number): void;
  openSide(): SideWriter;
  closeSide(side: SideWriter): void;
  commit(meta: CaptureMeta, body: readonly Buffer[]): { readonly id: Id; readonly kept: Promise<void> };
  /** Throws when there is no room for so many bytes. */
  demandRoom(bytes: number): void;
  /** Told of each message that could not be kept. */
  refused(refusal: JournalUnavailable, error: unknown): void;
  now(): number;
}

/** From this size on a message is hashed as it comes, and its pieces are never put together in memory. */
const hashAsItComes = 16 * 2 ** 10;

/** What goes to the file at once, at the least, once there is one. */
const sideStep = 64 * 2 ** 10;

/** A message while it arrives. It ends in exactly one of accept() and abandon(). */
export class Draft {
  readonly #keeper: DraftKeeper;
  readonly #spillAt: number;
  readonly #pieces = new Pieces();
  #first: readonly Buffer[] = [];
  #size = 0;
  #hash: Hash | undefined;
  #isOver = false;
  #side: SideWriter | undefined;
  #spilling: Promise<void> = Promise.resolve();
  #spillFault: { readonly error: unknown } | undefined;

  constructor(keeper: DraftKeeper, spillAt: number) {
    this.#keeper = keeper;
    this.#spillAt = spillAt;
    keeper.begun();
  }

  /** Takes the next bytes. A promise asks the caller to wait: the bytes go to a file now, at the pace of the disk. */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#pieces.add(chunk);
    this.#size += chunk.length;
    if (this.#hash) this.#hash.update(chunk);
    else if (this.#size > hashAsItComes) this.#hash = this.#pieces.all.reduce(digest, createHash('sha256'));
    this.#keeper.held(chunk.length);
    const most = this.#side === undefined ? this.#spillAt : sideStep;
    return this.#pieces.length <= most && this.#keeper.mayHold(0) ? undefined : this.#spill();
  }

  get size(): number {
    return this.#size;
  }

  /** What is still in memory of its beginning, as it came: of a message that is large perhaps only the first piece. */
  get beginning(): readonly Buffer[] {
    return this.#side === undefined ? this.#pieces.all : this.#first;
  }

  /** Its first and its last bytes, to look at before it is accepted. */
  async sample(most: SampleSize): Promise<ContentSample> {
    if (this.#side === undefined) return sampleOf(this.#pieces.all, this.#size, most);
    await this.#spillAll();
    const size = this.#size;
    const head = await this.#side.read(0, Math.min(most.head, size));
    const tailSize = Math.min(most.tail, size - head.length);
    return { head, tail: await this.#side.read(size - tailSize, tailSize), size };
  }

  /** Resolves when message and evidence are on disk; until then nobody may tell the peer that it was taken. */
  async accept(origin: CaptureOrigin): Promise<CaptureFacts> {
    const receivedAt = isoTime(this.#keeper.now());
    try {
      const { sha256, side, body } = origin.rules?.contentDropped ? await this.#dropBody() : await this.#finishBody();
      const size = this.#size;
      this.#keeper.demandRoom(lengthOf(body));
      const meta: CaptureMeta = { receivedAt, sha256, size, ...origin, ...(side && { side: side.id }) };
      const { id, kept } = this.#keeper.commit(meta, body);
      await kept;
      if (side) this.#keeper.closeSide(side);
      this.#end();
      return { id, receivedAt, sha256, size, ...origin };
    } catch (error) {
      await this.abandon();
      const refusal = unavailable(error);
      this.#keeper.refused(refusal, error);
      throw refusal;
    }
  }

  async abandon(): Promise<void> {
    this.#end();
    const side = this.#side;
    if (side === undefined) return;
    this.#side = undefined;
    await this.#spilling;
    await side.discard();
    this.#keeper.closeSide(side);
  }

  async #dropBody(): Promise<FinishedBody> {
    const { sha256, side } = await this.#finishBody();
    this.#side = undefined;
    await side?.discard();
    if (side) this.#keeper.closeSide(side);
    return { sha256, body: [] };
  }

  async #finishBody(): Promise<FinishedBody> {
    if (this.#side === undefined) {
      const { all } = this.#pieces;
      if (this.#hash) return { sha256: this.#hash.digest('hex'), body: all };
      const body = all.length === 1 ? all[0]! : Buffer.concat(all);
      return { sha256: sha256(body), body: [body] };
    }
    await this.#spillAll();
    await this.#side.finish();
    return { sha256: this.#hash!.digest('hex'), side: this.#side, body: [] };
  }

  async #spillAll(): Promise<void> {
    if (this.#pieces.length > 0) void this.#spill();
    await this.#spilling;
    if (this.#spillFault) throw this.#spillFault.error;
  }

  // Writes follow one another. A fault is kept for accept(), so that the peer is refused at the end of its message,
  // where the protocol has a place for that.
  #spill(): Promise<void> {
    const { all, length } = this.#pieces;
    // A copy: the piece itself would hold all of what it was cut from.
    if (this.#side === undefined) this.#first = all.slice(0, 1).map((piece) => Buffer.from(piece.subarray(0, 4096)));
    const side = (this.#side ??= this.#keeper.openSide());
    this.#hash ??= all.reduce(digest, createHash('sha256'));
    this.#release();
    this.#spilling = this.#spilling.then(async () => {
      if (this.#spillFault) return;
      try {
        this.#keeper.demandRoom(length);
        await side.write(all);
      } catch (error) {
        this.#spillFault = { error };
      }
    });
    return this.#spilling;
  }

  #end(): void {
    this.#release();
    if (!this.#isOver) this.#keeper.ended();
    this.#isOver = true;
  }

  #release(): void {
    this.#keeper.held(-this.#pieces.length);
    this.#pieces.clear();
  }
}

interface FinishedBody {
  readonly sha256: string;
  readonly side?: SideWriter;
  readonly body: readonly Buffer[];
}

function lengthOf(body: readonly Buffer[]): number {
  return body.reduce((sum, { length }) => sum + length, 0);
}

function digest(hash: Hash, chunk: Buffer): Hash {
  return hash.update(chunk);
}
