import { createHash } from 'node:crypto';
import { publishedBytes } from '../capture/published.ts';

/** A message as it came out of a feed. */
export interface Received {
  readonly channel: string;
  /** Who published it. */
  readonly ident: string;
  /** The exact bytes of the message; where they cannot be had, what was published. */
  readonly bytes: Buffer;
  /** Of those bytes. */
  readonly sha256: string;
  /** What the record says beside the message, whatever it is. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What is wrong with the record; absent when its bytes are those that its hash names. */
  readonly fault?: string;
}

/** Reads a record in whichever form it was published: with sha256 and msg, or the bare bytes of a message. */
export function received(channel: string, ident: string, payload: Buffer): Received {
  const record = recordIn(payload);
  if (record === undefined) return { channel, ident, bytes: payload, sha256: sha256Of(payload), facts: {} };
  const { sha256, msg, enc, ...facts } = record;
  const bytes = bytesIn(msg, enc);
  if (bytes === undefined) {
    const fault = 'the encoding of its message is not known';
    return { channel, ident, bytes: payload, sha256: sha256Of(payload), facts: record, fault };
  }
  const actual = sha256Of(bytes);
  const read = { channel, ident, bytes, sha256: actual, facts };
  return actual === sha256 ? read : { ...read, fault: `its message does not have the hash ${String(sha256)}` };
}

/** Bytes that came beside their record, which says what else is known. */
export function receivedBytes(
  channel: string,
  ident: string,
  { bytes, record, sha256 }: { readonly bytes: Buffer; readonly record: Buffer; readonly sha256: string | undefined },
): Received {
  const { sha256: _, object: __, ...facts } = factsIn(record);
  const actual = sha256Of(bytes);
  const read = { channel, ident, bytes, sha256: actual, facts };
  return actual === sha256 ? read : { ...read, fault: `its message does not have the hash ${String(sha256)}` };
}

function factsIn(record: Buffer): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(record.toString('utf8'));
    return typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

interface PublishedRecord extends Readonly<Record<string, unknown>> {
  readonly sha256: unknown;
  readonly msg: string;
  readonly enc?: unknown;
}

const openingBrace = 0x7b;

function recordIn(payload: Buffer): PublishedRecord | undefined {
  // No message begins so: a header has a name.
  if (payload[0] !== openingBrace) return undefined;
  try {
    const read: unknown = JSON.parse(payload.toString('utf8'));
    const isRecord = typeof read === 'object' && read !== null && 'sha256' in read && 'msg' in read;
    return isRecord && typeof read.msg === 'string' ? (read as PublishedRecord) : undefined;
  } catch {
    return undefined;
  }
}

function bytesIn(msg: string, enc: unknown): Buffer | undefined {
  if (enc !== undefined && enc !== 'latin1' && enc !== 'base64') return undefined;
  return publishedBytes({ msg, ...(enc !== undefined && { enc }) });
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
