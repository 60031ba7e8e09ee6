import crypto, { randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from '../../errors.ts';

// RFC 9106, second choice of parameters but for the lanes: libsodium, with which Dovecot checks, knows only one.
const memory = 64 * 2 ** 10;
const passes = 3;
const lanes = 1;
const hashLength = 32;

/** What stands in a file of users: a hash with its scheme, from which nobody gets the password. */
export async function hashPassword(password: string, salt = randomBytes(16)): Promise<string> {
  const hash = await derive(password, salt);
  return `{ARGON2ID}$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${plain(salt)}$${plain(hash)}`;
}

/** Whether it is the password of a hash that was made here. */
export async function isPasswordOf(hash: string, password: string): Promise<boolean> {
  const [, salt, known] = /^\{ARGON2ID\}\$argon2id\$v=19\$m=65536,t=3,p=1\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
  if (salt === undefined || known === undefined) return false;
  return timingSafeEqual(Buffer.from(known, 'base64'), await derive(password, Buffer.from(salt, 'base64')));
}

/** Long enough that nobody guesses it, of letters that nobody mistakes for others. */
export function newPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return [...randomBytes(24)].map((byte) => letters[byte % letters.length]).join('');
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  const parameters: Argon2Parameters = {
    message: password,
    nonce: salt,
    parallelism: lanes,
    tagLength: hashLength,
    memory,
    passes,
  };
  // A Node.js from before 24.7, where the one that comes with this package cannot be used, does not have it.
  if (typeof crypto.argon2 !== 'function') {
    throw new Fault('This Node.js cannot hash passwords with Argon2id.', {
      code: 'mail.no-argon2',
      fix: 'Use Node.js 24.7 or newer.',
    });
  }
  return promisify(crypto.argon2)('argon2id', parameters);
}

function plain(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
