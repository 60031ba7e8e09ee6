import { formatSize, parseSize } from '../../text/units.ts';
import { mailAddress } from '../names.ts';
import { plainPath } from '../plain-path.ts';
import { certificateMissing, readTlsChoice, type Tls } from '../tls-choice.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';
import { refuseForeignFlags } from './flags-of-modes.ts';
import { isLoopbackOnly, readListen, readPorts } from './read-network.ts';
import { ownerOfMaildir, readOwner } from './read-owner.ts';
import { readStore, readUserSource } from './read-users.ts';
import { dialectNames, modeNames, type DialectName, type Mode, type Place, type RunAs, type Site } from './site.ts';
import { systemNames, systems, type System } from './system.ts';
import type { Wishes } from './wishes.ts';

/** What the command finds on this machine. */
export interface Around {
  readonly folder: string;
  readonly runAs: RunAs;
  /** The dialect of the Dovecot that is installed, if one is. */
  readonly installed: DialectName | undefined;
}

/** Throws the first thing that is wrong with the wishes, named by the flag that made it. */
export function readSite(wishes: Wishes, around: Around): Site {
  if (wishes.mode === '') wrongFlag('--mode', 'it is missing.', `Choose one of ${modeNames.join(', ')}.`);
  const mode = oneOf('--mode', wishes.mode, modeNames);
  refuseForeignFlags(mode, wishes);
  const system = readSystem(wishes.prefix);
  const place = placeOf(around, system);
  const listen = readListen(mode, wishes.listen);
  const tls = readTlsChoice(wishes, () => tlsWithoutWish(mode, listen));
  const common = {
    dialect: readDialect(wishes['dovecot-version'], around),
    layout: oneOf('--layout', wishes.layout ?? 'single', ['single', 'split'] as const),
    place,
    system,
    listen,
    ports: readPorts(mode, { tls, place }, wishes),
    tls,
  };
  switch (mode) {
    case 'monitor': {
      const maildir = plainPath('--maildir', wishes.maildir ?? wrongFlag('--maildir', 'it is missing.', ofSensor));
      const owner = ownerOfMaildir(maildir, wishes, around.runAs);
      return { mode, ...common, maildir, owner, user: readUser(wishes.user ?? 'spamtrap') };
    }
    case 'mailbox': {
      const source = readUserSource(wishes, { place, runAs: around.runAs, dialect: common.dialect });
      const user = wishes.user === undefined ? undefined : readUser(wishes.user);
      return { mode, ...common, store: readStore(wishes.store, common), source, user };
    }
    case 'mailserver': {
      const user = wishes.user === undefined ? undefined : readAddress('--user', wishes.user);
      return {
        mode,
        ...common,
        user,
        owner: readOwner(wishes, around.runAs),
        home: plainPath('--home', wishes.home ?? (place.is === 'own' ? `${place.folder}/mail` : '/var/mail/vhosts')),
        postfixQueue: plainPath('--postfix-queue', wishes['postfix-queue'] ?? system.postfixQueue),
        postmaster: readAddress('--postmaster', wishes.postmaster ?? postmasterFor(user)),
        quota: wishes.quota === undefined ? undefined : readQuota(wishes.quota),
        compresses: wishes.compress ?? false,
      };
    }
  }
}

const ofSensor = 'Name the maildir of the sensor: the folder maildir below its data directory.';

export function oneOf<Name extends string>(flag: string, given: string, names: readonly Name[]): Name {
  const known = names.find((name) => name === given);
  return known ?? wrongFlag(flag, `${quoted(given)} is not known.`, `Choose one of ${names.join(', ')}.`);
}

function readSystem(given: string = process.platform === 'freebsd' ? 'freebsd' : 'debian'): System {
  return systems[oneOf('--prefix', given, systemNames)];
}

function readDialect(given: string | undefined, { installed }: Around): DialectName {
  if (given !== undefined) return oneOf('--dovecot-version', given, dialectNames);
  return installed ?? '2.3';
}

/** The longest path that a Unix socket can have on every system, less the longest name that Dovecot puts behind it. */
const longestFolder = 103 - '/run/login/ssl-params-and-more'.length;

function placeOf({ folder, runAs }: Around, system: System): Place {
  const path = plainPath('--out', folder);
  if (path === system.configuration) return { is: 'system', folder: path };
  if (path.length > longestFolder) {
    wrongFlag(
      '--out',
      'sockets below it would have names that are too long.',
      `Use a path of up to ${longestFolder} letters.`,
    );
  }
  return { is: 'own', folder: path, runAs };
}

function tlsWithoutWish(mode: Mode, listen: readonly string[]): Tls {
  if (mode !== 'monitor') return certificateMissing();
  // Whoever looks in from elsewhere sends a password.
  return isLoopbackOnly(listen) ? { is: 'none' } : { is: 'self-signed' };
}

function readUser(given: string): string {
  if (/^[a-z\d][a-z\d._@+-]{0,127}$/i.test(given)) return given;
  return wrongFlag('--user', `${quoted(given)} is no name to log in with.`, 'Use letters, digits and . _ - + @ only.');
}

function readAddress(flag: string, given: string): string {
  return (
    mailAddress(given) ??
    wrongFlag(flag, `${quoted(given)} is no plain mail address.`, 'Write an address such as adam@example.org.')
  );
}

function postmasterFor(user: string | undefined): string {
  if (user !== undefined) return `postmaster@${user.slice(user.indexOf('@') + 1)}`;
  return wrongFlag('--postmaster', 'it is missing.', 'Name the address of the postmaster, or a first --user.');
}

function readQuota(given: string): string {
  const size = parseSize(given);
  if (size === undefined || size < 2 ** 20) {
    return wrongFlag(
      '--quota',
      `${quoted(given)} is no size from ${formatSize(2 ** 20)}.`,
      'Write a size such as 1 GiB.',
    );
  }
  // Both dialects understand whole kilobytes.
  return `${Math.ceil(size / 1024)}k`;
}
