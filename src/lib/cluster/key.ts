import { createHash } from 'node:crypto';

/** A name as a key: a server allows few characters in one, and a mailbox may be called anything. */
export function keyOf(...names: readonly string[]): string {
  const hash = createHash('sha256');
  // Each with its length, so that no two lists of names make the same text.
  for (const name of names) hash.update(`${Buffer.byteLength(name)}:${name}`);
  return hash.digest('hex').slice(0, 24);
}
