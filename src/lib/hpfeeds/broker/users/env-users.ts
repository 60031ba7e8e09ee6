import { channels } from './text-users.ts';
import type { UserList } from './user-list.ts';

const secretVariable = /^HPFEEDS_(.+)_SECRET$/;

/**
 * `HPFEEDS_<IDENT>_SECRET`, `_PUBCHANS`, `_SUBCHANS` and `_OWNER`. Variables are in capitals, idents need not be: see
 * `envIdent`. A list that is missing is empty; to the reference it is one channel without a name.
 */
export function readEnvUsers(env: Readonly<Record<string, string | undefined>>, users: UserList): void {
  for (const [variable, secret] of Object.entries(env)) {
    const name = secretVariable.exec(variable)?.[1];
    if (name === undefined || secret === undefined) continue;
    const of = (what: string) => env[`HPFEEDS_${name}_${what}`] ?? '';
    users.add(`env ${variable}`, {
      ident: name,
      secret,
      owner: of('OWNER'),
      publishes: channels(of('PUBCHANS')),
      subscribes: channels(of('SUBCHANS')),
    });
  }
}

/** The name under which variables know an ident. */
export function envIdent(ident: string): string {
  return ident.toUpperCase();
}
