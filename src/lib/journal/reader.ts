import { existsSync } from 'node:fs';
import type { Capture, CaptureFacts, SessionFacts } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import { readBegin } from './begin.ts';
import { bodyFault, type CaptureMeta } from './body.ts';
import { listSegments, type JournalLayout } from './layout.ts';
import type { Position } from './position.ts';
import { damaged } from './recover.ts';
import { SegmentScanner, type ScannedRecord } from './scan.ts';
import { sidePath } from './side.ts';

export interface CaptureEntry {
  readonly kind: 'capture';
  readonly capture: Capture;
  /** Where the record begins. */
  readonly at: Position;
  /** Where the next one begins: a reader that is done with this entry stands here. */
  readonly next: Position;
}

export interface SessionEntry {
  readonly kind: 'session';
  readonly id: Id;
  readonly session: SessionFacts;
  readonly at: Position;
  readonly next: Position;
}

/** A message of which a rule let only the evidence and the hash be kept. */
export interface EvidenceEntry {
  readonly kind: 'evidence';
  readonly facts: CaptureFacts;
  readonly at: Position;
  readonly next: Position;
}

export type Entry = CaptureEntry | EvidenceEntry | SessionEntry;

export function idOf(entry: Entry): Id {
  if (entry.kind === 'session') return entry.id;
  return entry.kind === 'capture' ? entry.capture.facts.id : entry.facts.id;
}

/** The segments between were removed before this reader had read them. */
export type GapListener = (from: Position, to: Position) => void;

/** Reads the journal in order, from a position up to an end that may move on. */
export class JournalReader {
  readonly #layout: JournalLayout;
  readonly #end: () => Position;
  readonly #onGap: GapListener;
  readonly #checks: 'bodies' | 'heads';
  #position: Position;
  #open: { readonly segment: number; readonly scanner: SegmentScanner } | undefined;
  #sealed: Position = { segment: 0, offset: 0 };

  constructor(
    layout: JournalLayout,
    from: Position,
    end: () => Position,
    onGap: GapListener = () => undefined,
    checks: 'bodies' | 'heads' = 'bodies',
  ) {
    this.#checks = checks;
    this.#layout = layout;
    this.#position = from;
    this.#end = end;
    this.#onGap = onGap;
  }

  get position(): Position {
    return this.#position;
  }

  moveTo(position: Position): void {
    this.#position = position;
  }

  /** The next entry, or undefined at the end. A damaged record throws, and the reader stays before it. */
  next(): Entry | undefined {
    for (;;) {
      const end = this.#end();
      const { segment, offset } = this.#position;
      if (segment > end.segment || (segment === end.segment && offset >= end.offset)) return undefined;
      const limit = segment === end.segment ? end.offset : this.#sealedLength(segment);
      if (limit === undefined || offset >= limit) {
        if (!this.#enterNext(segment)) return undefined;
        continue;
      }
      const scan = this.#scannerOf(segment).at(offset, limit);
      if (scan.state === 'invalid' || scan.state === 'blank') {
        throw damaged(segment, offset, scan.state === 'blank' ? 'a record is missing' : scan.why);
      }
      if (scan.state === 'end') {
        if (segment === end.segment || !this.#enterNext(segment)) return undefined;
        continue;
      }
      const entry = this.#entry(scan.record, segment);
      this.#position = { segment, offset: offset + scan.record.header.length };
      if (entry) return entry;
    }
  }

  close(): void {
    this.#open?.scanner.close();
    this.#open = undefined;
  }

  #entry(record: ScannedRecord, segment: number): Entry | undefined {
    const { kind, id, length } = record.header;
    const at = { segment, offset: record.offset };
    const next = { segment, offset: record.offset + length };
    switch (kind) {
      case 'capture': {
        const fault = this.#checks === 'bodies' ? bodyFault(record) : undefined;
        if (fault) throw damaged(segment, record.offset, fault);
        const capture = toCapture(this.#layout, record);
        const { facts } = capture;
        return facts.rules?.contentDropped ? { kind: 'evidence', facts, at, next } : { kind, capture, at, next };
      }
      case 'session':
        return { kind, id, session: JSON.parse(record.meta.toString('utf8')) as SessionFacts, at, next };
      default:
        return undefined;
    }
  }

  #scannerOf(segment: number): SegmentScanner {
    if (this.#open?.segment !== segment) {
      this.close();
      this.#open = { segment, scanner: new SegmentScanner(this.#layout.segment(segment)) };
    }
    return this.#open.scanner;
  }

  // Undefined when the segment is gone.
  #sealedLength(segment: number): number | undefined {
    if (this.#sealed.segment === segment) return this.#sealed.offset;
    if (this.#open?.segment !== segment && !existsSync(this.#layout.segment(segment))) return undefined;
    const following = listSegments(this.#layout).find((number) => number > segment);
    const previous = following === undefined ? undefined : readBegin(this.#layout.segment(following))?.previous;
    const offset = previous?.segment === segment ? previous.offset : this.#scannerOf(segment).fileLength;
    this.#sealed = { segment, offset };
    return offset;
  }

  #enterNext(segment: number): boolean {
    const following = listSegments(this.#layout).find((number) => number > segment);
    if (following === undefined) return false;
    const left = this.#position;
    this.#position = { segment: following, offset: 0 };
    const previous = readBegin(this.#layout.segment(following))?.previous;
    const isSeamless = previous?.segment === left.segment && previous.offset === left.offset;
    if (left.segment > 0 && !isSeamless) this.#onGap(left, this.#position);
    return true;
  }
}

function toCapture(layout: JournalLayout, { header, meta, body }: ScannedRecord): Capture {
  const { side, ...facts } = JSON.parse(meta.toString('utf8')) as CaptureMeta;
  return {
    facts: { id: header.id, ...facts },
    content:
      side === undefined
        ? { kind: 'bytes', bytes: body }
        : { kind: 'file', path: sidePath(layout, side), size: facts.size },
  };
}
