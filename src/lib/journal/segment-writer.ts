import { dirname } from 'node:path';
import type { Id, IdSource } from '../capture/id.ts';
import type { BeginMeta } from './begin.ts';
import type { Disk } from './disk.ts';
import type { DiskFile } from './disk-file.ts';
import type { JournalLayout } from './layout.ts';
import type { Position } from './position.ts';
import { encodeHead, headerLength, padding, recordLength, type RecordKind, type SegmentMark } from './record.ts';
import type { Recovery } from './recover.ts';
import type { Spare } from './spare.ts';
import { isoTime } from '../text/time.ts';

/** A record on its way to the disk. */
export interface Outgoing {
  readonly kind: RecordKind;
  readonly id: Id;
  readonly meta: string;
  readonly body: readonly Buffer[];
}

export interface SegmentWriterSettings {
  readonly layout: JournalLayout;
  readonly disk: Disk;
  readonly spare: Spare;
  readonly ids: IdSource;
  readonly now: () => number;
  readonly oldestSide: () => Id;
  readonly newSalt: () => Buffer;
}

/** Owns the file that is being written: where it ends, and how far it is synced. */
export class SegmentWriter {
  readonly #settings: SegmentWriterSettings;
  #file: DiskFile | undefined;
  #mark: SegmentMark;
  #end: number;
  #preallocated = false;

  constructor(settings: SegmentWriterSettings, end: Recovery['end']) {
    this.#settings = settings;
    this.#mark = end ?? { segment: 0, salt: settings.newSalt() };
    this.#end = end?.offset ?? 0;
  }

  /** The end of what is synced. */
  get position(): Position {
    return { segment: this.#mark.segment, offset: this.#end };
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Whether its blocks were allocated ahead of need, which makes each sync cheaper. */
  get isPreallocated(): boolean {
    return this.#preallocated;
  }

  async reopen(): Promise<void> {
    this.#file = await this.#settings.disk.reopenSegment(this.#settings.layout.segment(this.#mark.segment));
  }

  /**
   * Writes and syncs. After a failure the segment is given up where it was last synced: the kernel may have dropped
   * the pages that it could not write, and a second sync of the same file would claim success without them.
   */
  async append(records: readonly Outgoing[]): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error('no segment is open');
    const { buffers, length } = this.#encode(records, this.#mark, this.#end);
    try {
      await file.write(buffers, this.#end);
      await file.sync();
    } catch (error) {
      await this.abandon();
      throw error;
    }
    this.#end += length;
  }

  async begin(): Promise<void> {
    const { disk, layout, spare, ids, now, oldestSide, newSalt } = this.#settings;
    const mark: SegmentMark = { segment: this.#mark.segment + 1, salt: newSalt() };
    const path = layout.segment(mark.segment);
    const meta: BeginMeta = {
      created: isoTime(now()),
      ...(this.#mark.segment > 0 && { previous: this.position }),
      oldestSide: oldestSide(),
    };
    const record: Outgoing = { kind: 'begin', id: ids.next(), meta: JSON.stringify(meta), body: [] };
    const prepared = await spare.take(path);
    const file = prepared ?? (await disk.createSegment(path));
    try {
      const { buffers, length } = this.#encode([record], mark, 0);
      await file.write(buffers, 0);
      await file.sync();
      await disk.syncDirectory(dirname(path));
      this.#file = file;
      this.#preallocated = prepared !== undefined;
      this.#mark = mark;
      this.#end = length;
    } catch (error) {
      await file.close().catch(() => undefined);
      await disk.remove(path).catch(() => undefined);
      throw error;
    }
  }

  /** Ends the current segment for good; its length is what is synced. */
  async finish(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.truncate(this.#end);
    await file?.close();
  }

  /** Says in the journal itself that everything before is whole, and closes. */
  async seal(): Promise<void> {
    if (this.#file === undefined) return;
    try {
      await this.append([{ kind: 'seal', id: this.#settings.ids.next(), meta: '{}', body: [] }]);
      await this.finish();
    } catch {
      await this.abandon();
    }
  }

  async abandon(): Promise<void> {
    // On a failing disk this may fail too; the next segment's begin record says where this one ends.
    await this.finish().catch(() => undefined);
  }

  #encode(records: readonly Outgoing[], mark: SegmentMark, synced: number): { buffers: Buffer[]; length: number } {
    const place = { ...mark, synced };
    const buffers: Buffer[] = [];
    let length = 0;
    for (const { kind, id, meta, body } of records) {
      const bodyLength = lengthOf(body);
      const head = encodeHead(kind, id, meta, bodyLength, place);
      const metaLength = head.length - headerLength;
      // One by one: a message may come in more pieces than a call takes arguments.
      buffers.push(head);
      for (const piece of body) buffers.push(piece);
      const pad = padding(metaLength, bodyLength);
      if (pad.length > 0) buffers.push(pad);
      length += recordLength(metaLength, bodyLength);
    }
    return { buffers, length };
  }
}

export function lengthOf(body: readonly Buffer[]): number {
  let length = 0;
  for (const piece of body) length += piece.length;
  return length;
}
