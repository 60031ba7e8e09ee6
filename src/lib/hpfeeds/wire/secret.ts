import { createHash, timingSafeEqual } from 'node:crypto';

/** What AUTH says instead of the secret. The nonce has whatever length the broker chose. */
export function authDigest(nonce: Buffer, secret: string): Buffer {
  return createHash('sha1').update(nonce).update(secret, 'utf8').digest();
}

/** How long it takes does not tell how much of the digest was right. */
export function isAuthDigest(digest: Buffer, nonce: Buffer, secret: string): boolean {
  const right = authDigest(nonce, secret);
  return digest.length === right.length && timingSafeEqual(digest, right);
}
