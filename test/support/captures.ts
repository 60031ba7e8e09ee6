import { createHash, randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Capture, Source } from '../../src/lib/capture/capture.ts';
import { createIdSource } from '../../src/lib/capture/id.ts';
import { someOrigin } from './journals.ts';

const ids = createIdSource(Date.now, randomInt);

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export interface CaptureDetails {
  readonly folder?: string;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly receivedAt?: string;
  /** Where in a mailbox it was. */
  readonly source?: Source;
  /** Where to put the bytes, for a capture that is not held in memory. */
  readonly asFile?: string;
}

/** A capture as the journal would hand it to an output. */
export function captureOf(bytes: Buffer, details: CaptureDetails = {}): Capture {
  const { folder, from = 'a@example.org', to = ['b@example.net'], receivedAt, source, asFile } = details;
  if (asFile !== undefined) writeFileSync(asFile, bytes);
  return {
    facts: {
      ...someOrigin,
      id: ids.next(),
      receivedAt: receivedAt ?? new Date().toISOString(),
      sha256: sha256(bytes),
      size: bytes.length,
      envelope: { from, to },
      ...(folder !== undefined && { folder }),
      ...(source !== undefined && { source, intake: 'collect' }),
    },
    content: asFile === undefined ? { kind: 'bytes', bytes } : { kind: 'file', path: asFile, size: bytes.length },
  };
}
