import { hash } from 'node:crypto';
import type { CaptureFacts } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import type { ScannedRecord } from './scan.ts';

/** The metadata of a capture record. The id stands in the record's header. */
export interface CaptureMeta extends Omit<CaptureFacts, 'id'> {
  /** The side file that holds the body, when the record itself does not. */
  readonly side?: Id;
}

export function sha256(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex');
}

/** What is wrong with the body of a record, or undefined when it is the very bytes that were hashed on arrival. */
export function bodyFault({ header, meta, body }: ScannedRecord): string | undefined {
  if (header.kind !== 'capture') return undefined;
  const { sha256: expected, side, rules } = JSON.parse(meta.toString('utf8')) as CaptureMeta;
  if (side !== undefined || rules?.contentDropped) return undefined;
  return sha256(body) === expected ? undefined : 'the bytes do not have the sha256 they arrived with';
}
