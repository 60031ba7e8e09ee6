import { createHash } from 'node:crypto';

/** A UUID made from a name (RFC 9562, version 5): the same name in the same space is the same thing again. */
export function uuidFrom(space: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** Ours, drawn once. */
export const ownSpace = '5b0f4d8e-3c1e-4a52-9d46-0c6f3f7f9a11';
