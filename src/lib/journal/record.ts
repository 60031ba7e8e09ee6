import { crc32 } from 'node:zlib';
import { idLength, isId, type Id } from '../capture/id.ts';

// One record, all integers big-endian:
//
//    0  magic "STJR"          28  synced: bytes of this segment known to be on disk when this was written (6 bytes)
//    4  version               34  id (26 ASCII characters)
//    5  kind                  60  CRC-32 over bytes 0–59 and the metadata
//    6  segment number        64  metadata (JSON, UTF-8)
//   10  metadata length       …   body: the exact bytes, covered by the sha256 in the metadata
//   14  body length (6)       …   zeros up to a multiple of 8
//   20  salt of the segment (8)
//
// The checksum need not cover the body: the metadata carries the body's sha256, which is checked whenever it is read.
// The salt is drawn anew for each segment and told to nobody. A sender who puts bytes that look like a record into its
// message therefore cannot make them pass for one when the journal is searched for the next whole record.
// Records start at multiples of 8, so that the next one can be found behind a damaged one.

export const recordVersion = 1;
export const headerLength = 64;
export const alignment = 8;

const magic = 0x53544a52;
const magicBytes = Buffer.from('STJR', 'latin1');

export type RecordKind = 'begin' | 'capture' | 'session' | 'seal' | 'gap';

const kindCodes: Record<RecordKind, number> = { begin: 1, capture: 2, session: 3, seal: 4, gap: 5 };
const kindNames = new Map(Object.entries(kindCodes).map(([kind, code]) => [code, kind as RecordKind]));

export const saltLength = 8;

/** What ties a record to its segment. */
export interface SegmentMark {
  readonly segment: number;
  readonly salt: Buffer;
}

export interface RecordHeader extends SegmentMark {
  readonly kind: RecordKind;
  readonly id: Id;
  readonly synced: number;
  readonly metaLength: number;
  readonly bodyLength: number;
  /** The bytes from the start of this record to the start of the next. */
  readonly length: number;
}

export function recordLength(metaLength: number, bodyLength: number): number {
  return Math.ceil((headerLength + metaLength + bodyLength) / alignment) * alignment;
}

/** Header and metadata as one buffer; body and padding follow it in the file. */
export function encodeHead(
  kind: RecordKind,
  id: Id,
  meta: string,
  bodyLength: number,
  place: SegmentMark & { readonly synced: number },
): Buffer {
  const metaLength = Buffer.byteLength(meta, 'utf8');
  const head = Buffer.allocUnsafe(headerLength + metaLength);
  head.writeUInt32BE(magic, 0);
  head[4] = recordVersion;
  head[5] = kindCodes[kind];
  head.writeUInt32BE(place.segment, 6);
  head.writeUInt32BE(metaLength, 10);
  head.writeUIntBE(bodyLength, 14, 6);
  place.salt.copy(head, 20);
  head.writeUIntBE(place.synced, 28, 6);
  head.write(id, 34, idLength, 'latin1');
  head.write(meta, headerLength, 'utf8');
  head.writeUInt32BE(checksum(head, 0, metaLength), 60);
  return head;
}

const zeros = Buffer.alloc(alignment);

export function padding(metaLength: number, bodyLength: number): Buffer {
  return zeros.subarray(0, recordLength(metaLength, bodyLength) - headerLength - metaLength - bodyLength);
}

export type Decoded =
  | { readonly state: 'whole'; readonly header: RecordHeader }
  /** So many bytes from the record's start are needed before more can be said. */
  | { readonly state: 'short'; readonly need: number }
  | { readonly state: 'invalid'; readonly why: string };

/**
 * Reads the header at `offset`; `whole` means that header and metadata are there, their checksum is right, and they
 * belong to the segment, where that is known.
 */
export function decodeHead(buffer: Buffer, offset: number, mark: SegmentMark | undefined): Decoded {
  if (buffer.length - offset < headerLength) return { state: 'short', need: headerLength };
  if (buffer.readUInt32BE(offset) !== magic) return { state: 'invalid', why: 'no record begins here' };
  const version = buffer[offset + 4];
  if (version !== recordVersion) return { state: 'invalid', why: `record version ${version} is not known` };
  const metaLength = buffer.readUInt32BE(offset + 10);
  if (metaLength > maxMetaLength) return { state: 'invalid', why: `metadata of ${metaLength} bytes` };
  if (buffer.length - offset < headerLength + metaLength) return { state: 'short', need: headerLength + metaLength };
  if (buffer.readUInt32BE(offset + 60) !== checksum(buffer, offset, metaLength)) {
    return { state: 'invalid', why: 'the checksum does not fit' };
  }
  const kind = kindNames.get(buffer[offset + 5] ?? 0);
  const id = buffer.toString('latin1', offset + 34, offset + 34 + idLength);
  if (kind === undefined || !isId(id)) return { state: 'invalid', why: 'the kind or id is not known' };
  const segment = buffer.readUInt32BE(offset + 6);
  const salt = buffer.subarray(offset + 20, offset + 20 + saltLength);
  if (mark && (segment !== mark.segment || !salt.equals(mark.salt))) {
    return { state: 'invalid', why: 'the record belongs to another segment' };
  }
  const bodyLength = buffer.readUIntBE(offset + 14, 6);
  return {
    state: 'whole',
    header: {
      kind,
      id,
      segment,
      salt,
      synced: buffer.readUIntBE(offset + 28, 6),
      metaLength,
      bodyLength,
      length: recordLength(metaLength, bodyLength),
    },
  };
}

/** Far above what limits on recipients and parameters allow; a damaged length must not make a reader ask for gigabytes. */
export const maxMetaLength = 64 * 2 ** 20;

/** The next place, at or after `from`, where a record may begin; -1 when there is none in this buffer. */
export function findMagic(buffer: Buffer, from: number): number {
  let at = buffer.indexOf(magicBytes, from);
  while (at >= 0 && at % alignment !== 0) at = buffer.indexOf(magicBytes, at + 1);
  return at;
}

function checksum(buffer: Buffer, offset: number, metaLength: number): number {
  const header = crc32(buffer.subarray(offset, offset + 60));
  return crc32(buffer.subarray(offset + headerLength, offset + headerLength + metaLength), header);
}
