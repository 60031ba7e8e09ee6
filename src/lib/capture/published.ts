import { isUtf8 } from 'node:buffer';
import type { CaptureFacts } from './capture.ts';

/** Increased when a key of the published record changes its meaning. */
export const publishedVersion = 1;

export type RecordShape = 'plain' | 'full';

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
  const message: PublishedMessage = isUtf8(bytes)
    ? { sha256: facts.sha256, msg: bytes.toString('utf8') }
    : { sha256: facts.sha256, msg: bytes.toString('latin1'), enc: 'latin1' };
  if (shape === 'plain') return JSON.stringify(message);
  const { id, receivedAt, intake, envelope, evidence, queueId, tags, size } = facts;
  return JSON.stringify({
    ...message,
    v: publishedVersion,
    id,
    receivedAt,
    intake,
    sensor,
    size,
    envelope,
    peer: evidence?.peer,
    session: evidence?.session,
    helo: evidence?.helo,
    queueId,
    tags,
  });
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
