import { readFileSync } from 'node:fs';
import type { Settings } from '../config/schema.ts';
import { errno, exitCodes, Fault } from '../errors.ts';
import type { NatsAccess, NatsLogin, NatsTls } from '../nats/access.ts';

export type NatsAccessSettings = Pick<
  Settings['cluster'],
  'servers' | 'identity' | 'secret' | 'credentials' | 'tls' | 'connectTimeout'
>;

/** What settings below `key` come to on this machine; undefined when they name no server. */
export async function natsAccessFrom(
  key: string,
  settings: NatsAccessSettings,
  name: string,
): Promise<NatsAccess | undefined> {
  const { servers, tls, connectTimeout: connectMs } = settings;
  if (servers === undefined) return undefined;
  return { servers, login: await loginFrom(key, settings), tls: tlsFrom(key, tls), connectMs, name };
}

/** How many copies an operator wants of what is made; undefined where the servers are to decide. */
export function copiesFrom({ replicas }: Pick<Settings['cluster'], 'replicas'>): number | undefined {
  return replicas === undefined ? undefined : Number(replicas);
}

async function loginFrom(key: string, { identity, secret, credentials }: NatsAccessSettings): Promise<NatsLogin> {
  if (credentials !== undefined) {
    if (identity !== undefined || secret !== undefined) {
      throw wrong(key, 'it has credentials and an identity', 'Leave out one of the two.');
    }
    read(`${key}.credentials`, credentials);
    return { as: 'holder', file: credentials };
  }
  if (secret === undefined) {
    if (identity === undefined) return { as: 'nobody' };
    throw wrong(key, 'it has an identity and no secret', `Set ${key}.secret.`);
  }
  const password = await secret.resolve();
  return identity === undefined ? { as: 'token', token: password } : { as: 'user', user: identity, password };
}

function tlsFrom(key: string, { use, ca, certificate, key: ownKey, begins }: NatsAccessSettings['tls']) {
  const isMeant = use || ca !== undefined || certificate !== undefined;
  if (!isMeant) return undefined;
  if ((certificate === undefined) !== (ownKey === undefined)) {
    throw wrong(key, 'a certificate and its key belong together', `Set ${key}.tls.certificate and ${key}.tls.key.`);
  }
  const own =
    certificate === undefined || ownKey === undefined
      ? undefined
      : { certificate: read(`${key}.tls.certificate`, certificate), key: read(`${key}.tls.key`, ownKey) };
  return { ca: ca === undefined ? undefined : read(`${key}.tls.ca`, ca), own, begins } satisfies NatsTls;
}

function read(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const problem = `the file ${path} cannot be read (${errno(error)})`;
    throw wrong(key, problem, `Check ${key} and the permissions of the file.`, error);
  }
}

function wrong(key: string, problem: string, fix: string, cause?: unknown): Fault {
  return new Fault(`What ${key} says of NATS cannot be used: ${problem}.`, {
    code: 'nats.settings',
    fix,
    exit: exitCodes.usage,
    cause,
  });
}
