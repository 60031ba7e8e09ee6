import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import { makeDirectory, replaceFile } from '../files/synced.ts';

/** One user in the file of the reference. */
interface UserEntry {
  owner: string;
  secret: string;
  pubchans: string[];
  subchans: string[];
}

export interface Identity {
  readonly ident: string;
  readonly secret: string;
}

/** How the broker within the program is reached by those for whom it is there. */
export interface BrokerAccess {
  readonly usersFile: string;
  readonly sensor: Identity;
  readonly reader: Identity;
  /** Both: who carries what is said to another place and back. */
  readonly bridge: Identity;
}

export type OwnIdentity = 'sensor' | 'reader' | 'bridge';

export interface BrokerPlaceKnown {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly channels: readonly string[];
}

/** Feed files in the form that collectors have always read, one for each side. */
export function feedFiles(dataDir: string): Readonly<Record<OwnIdentity, string>> {
  const folder = folderOf(dataDir);
  return {
    sensor: join(folder, 'sensor.yml'),
    reader: join(folder, 'reader.yml'),
    bridge: join(folder, 'bridge.yml'),
  };
}

/** Makes the identities at the first start, with secrets of their own; later they are what the file says. */
export function brokerAccess(dataDir: string, channels: readonly string[]): BrokerAccess {
  const folder = folderOf(dataDir);
  const usersFile = join(folder, 'users.json');
  makeDirectory(folder);
  const written = readUsers(usersFile);
  const users = written ?? {};
  const sensor = (users['sensor'] ??= newUser());
  const reader = (users['reader'] ??= newUser());
  const bridge = (users['bridge'] ??= newUser());
  sensor.pubchans = [...new Set([...sensor.pubchans, ...channels])];
  reader.subchans = [...new Set([...reader.subchans, ...channels])];
  bridge.pubchans = [...new Set([...bridge.pubchans, ...channels])];
  bridge.subchans = [...new Set([...bridge.subchans, ...channels])];
  const text = `${JSON.stringify(users, undefined, 2)}\n`;
  if (written === undefined || text !== readFileSync(usersFile, 'utf8')) replaceFile(usersFile, text);
  return {
    usersFile,
    sensor: { ident: 'sensor', secret: sensor.secret },
    reader: { ident: 'reader', secret: reader.secret },
    bridge: { ident: 'bridge', secret: bridge.secret },
  };
}

/** Writes down where the broker is, for commands and collectors that look for it there. */
export function rememberPlace(
  dataDir: string,
  { sensor, reader, bridge }: BrokerAccess,
  place: BrokerPlaceKnown,
): void {
  const files = feedFiles(dataDir);
  for (const [path, identity] of [
    [files.sensor, sensor],
    [files.reader, reader],
    [files.bridge, bridge],
  ] as const) {
    const text = feedText(identity, place);
    if (textOf(path) !== text) replaceFile(path, text);
  }
}

function folderOf(dataDir: string): string {
  return join(dataDir, 'broker');
}

function newUser(): UserEntry {
  return { owner: 'spamtrap', secret: randomBytes(32).toString('base64url'), pubchans: [], subchans: [] };
}

function feedText({ ident, secret }: Identity, { host, port, tls, channels }: BrokerPlaceKnown): string {
  const lines = [
    '# Written at each start. The secret is that of users.json.',
    `broker: ${JSON.stringify(host)}`,
    `port: ${port}`,
    `identity: ${ident}`,
    `secret: ${JSON.stringify(secret)}`,
    `channels: ${JSON.stringify(channels)}`,
    `tls: ${tls}`,
  ];
  return `${lines.join('\n')}\n`;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function readUsers(path: string): Record<string, UserEntry> | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Fault(`The secrets in ${path} can be read by others.`, {
      code: 'broker.exposed',
      fix: `Take that away with: chmod 600 ${path}`,
      exit: exitCodes.usage,
    });
  }
  const users = parsed(path, text);
  const isUsers = Object.values(users).every(
    (user) => typeof user?.secret === 'string' && Array.isArray(user.pubchans) && Array.isArray(user.subchans),
  );
  if (isUsers) return users;
  throw damaged(path, 'an identity has no secret, pubchans or subchans');
}

function parsed(path: string, text: string): Record<string, UserEntry> {
  try {
    const users: unknown = JSON.parse(text);
    if (typeof users === 'object' && users !== null && !Array.isArray(users)) return users as Record<string, UserEntry>;
  } catch (error) {
    throw damaged(path, reason(error));
  }
  throw damaged(path, 'it is no object with identities');
}

function damaged(path: string, problem: string): Fault {
  return new Fault(`The users of the broker in ${path} cannot be read: ${problem}.`, {
    code: 'broker.users',
    fix: 'Correct the file, or move it away: then new secrets are made, and readers need the new reader.yml.',
    exit: exitCodes.usage,
  });
}
