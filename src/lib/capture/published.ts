import { isUtf8 } from 'node:buffer';
import type { CaptureFacts } from './capture.ts';

/** Increased when a key of the published record changes its meaning. */
export const publishedVersion = 1;

export type RecordShape = 'plain' | 'full';

/** What is sent to a back end: a record, or the bare bytes of the message. */
export type PayloadShape = RecordShape | 'raw';

/** A record holds its message as text, and text has to fit into memory several times over while it is made. */
export const largestInRecord = 64 * 2 ** 20;

interface PublishedMessage {
  readonly sha256: string;
  readonly msg: string;
  readonly enc?: 'latin1';
}

/**
 * The record that analysis back ends read. `sha256` and `msg` come first, because every consumer of the systems
 * before this one reads just these two; `enc` says how to get the exact bytes back when they are no UTF-8.
 */
export function publishedRecord(facts: CaptureFacts, bytes: Buffer, sensor: string, shape: RecordShape): string {
  if (shape === 'plain') return plainRecord(facts.sha256, bytes);
  return JSON.stringify({ ...publishedMessage(facts.sha256, bytes), ...beside(facts, sensor) });
}

/** Where the bytes of a message are that is too long for a record. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly name: string;
}

/** The record of a message whose bytes are elsewhere: with `object` instead of `msg`. */
export function publishedFacts(facts: CaptureFacts, sensor: string, object: ObjectPlace): Buffer {
  return Buffer.from(JSON.stringify({ sha256: facts.sha256, object, ...beside(facts, sensor) }));
}

function beside(facts: CaptureFacts, sensor: string): object {
  const { id, receivedAt, intake, envelope, evidence, source, queueId, tags, size } = facts;
  return {
    v: publishedVersion,
    id,
    receivedAt,
    intake,
    sensor,
    size,
    envelope,
    peer: evidence?.peer,
    session: evidence?.session,
    source,
    helo: evidence?.helo,
    tls: evidence?.tls,
    auth: evidence?.credentials,
    queueId,
    tags,
  };
}

/** The record of a message of which nothing else is known. */
export function plainRecord(sha256: string, bytes: Buffer): string {
  return JSON.stringify(publishedMessage(sha256, bytes));
}

/** The same with whatever else is known. */
export function publishedRecordWith(sha256: string, bytes: Buffer, facts: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...publishedMessage(sha256, bytes), ...facts });
}

function publishedMessage(sha256: string, bytes: Buffer): PublishedMessage {
  if (isUtf8(bytes)) return { sha256, msg: bytes.toString('utf8') };
  return { sha256, msg: bytes.toString('latin1'), enc: 'latin1' };
}

export function publishedPayload(facts: CaptureFacts, bytes: Buffer, sensor: string, shape: PayloadShape): Buffer {
  return shape === 'raw' ? bytes : Buffer.from(publishedRecord(facts, bytes, sensor, shape), 'utf8');
}

/** The exact bytes behind a published record. */
export function publishedBytes(record: { readonly msg: string; readonly enc?: string }): Buffer {
  switch (record.enc) {
    case undefined:
      return Buffer.from(record.msg, 'utf8');
    case 'latin1':
      return Buffer.from(record.msg, 'latin1');
    case 'base64':
      return Buffer.from(record.msg, 'base64');
    default:
      throw new RangeError(`unknown encoding of msg: ${record.enc}`);
  }
}
