import { readFileSync } from 'node:fs';
import type { Settings } from '../config/schema.ts';
import { exitCodes, Fault, reason } from '../errors.ts';
import { acceptAfter, acceptAll, acceptListed, acceptNone, type AuthPolicy } from '../smtp/auth-policy.ts';

export function loginPolicy({ accept, failures, users }: Settings['relay']['auth']): AuthPolicy {
  switch (accept) {
    case 'all':
      return acceptAll;
    case 'none':
      return acceptNone;
    case 'after':
      return acceptAfter(failures);
    case 'listed':
      return acceptListed(passwordsIn(users));
  }
}

function passwordsIn(path: string | undefined): ReadonlyMap<string, string> {
  if (path === undefined) {
    throw fault('Nobody can log in: relay.auth.accept is "listed", and no list is given.', 'Set relay.auth.users.');
  }
  const fix = 'Write one user:password on each line.';
  const passwords = new Map<string, string>();
  for (const [index, line] of lines(path).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    if (colon < 1) throw fault(`Line ${index + 1} of ${path} is no user:password.`, fix);
    passwords.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return passwords;
}

function lines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch (error) {
    throw fault(`The list of users cannot be read: ${reason(error)}.`, 'Check relay.auth.users.');
  }
}

function fault(message: string, fix: string): Fault {
  return new Fault(message, { code: 'relay.users', fix, exit: exitCodes.usage });
}
