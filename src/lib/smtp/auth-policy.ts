import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Credentials } from './auth.ts';

/** Whether credentials are good enough at the nth attempt of a session, counted from 1. */
export type AuthPolicy = (credentials: Credentials, attempt: number) => boolean;

export const acceptAll: AuthPolicy = () => true;
export const acceptNone: AuthPolicy = () => false;

/** Who guesses is let in after some failures, as if a password had been found. */
export function acceptAfter(failures: number): AuthPolicy {
  return (_credentials, attempt) => attempt > failures;
}

export function acceptListed(passwords: ReadonlyMap<string, string>): AuthPolicy {
  return ({ user, password, challenge, response, actsFor, token }) => {
    // Who may act for another nobody has said.
    if (actsFor !== undefined) return false;
    const known = user === undefined ? undefined : passwords.get(user);
    if (known === undefined) return false;
    const secret = password ?? token;
    if (secret !== undefined) return isSame(secret, known);
    if (challenge === undefined || response === undefined) return false;
    return isSame(response.toLowerCase(), createHmac('md5', known).update(challenge).digest('hex'));
  };
}

function isSame(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)];
  return a.length === b.length && timingSafeEqual(a, b);
}
