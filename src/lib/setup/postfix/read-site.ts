import { formatSize, parseSize } from '../../text/units.ts';
import { domainName } from '../names.ts';
import { plainPath } from '../plain-path.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';
import { readCatchAll, readMailboxes } from './read-mailboxes.ts';
import { readLmtp, readListen, readMilter, readPorts } from './read-network.ts';
import { readRelayhost } from './read-relayhost.ts';
import { readTls } from './read-tls.ts';
import { modeNames, type Mode, type Site } from './site.ts';
import { systemNames, systems, type System } from './system.ts';
import type { Wishes } from './wishes.ts';

/** Throws the first thing that is wrong with the wishes, named by the flag that made it. */
export function readSite(wishes: Wishes, folder = '/etc/postfix'): Site {
  const mode = readMode(wishes);
  refuseForeignFlags(mode, wishes);
  const domains = mode === 'blackhole' ? [] : readDomains(wishes.domains);
  const tls = readTls(mode, wishes);
  const ports = readPorts(mode, tls, wishes);
  const common = {
    hostname: readHostname(wishes.hostname, domains),
    lmtp: readLmtp(mode, wishes.lmtp),
    listen: readListen(wishes.listen),
    ports,
    tls,
    messageSize: readMessageSize(wishes['message-size']),
    system: readSystem(wishes.prefix),
    maillog: readMaillog(wishes.maillog),
    instance: wishes.standalone ? plainPath('--out', folder) : undefined,
  };
  switch (mode) {
    case 'domains':
      return { mode, domains, ...common };
    case 'blackhole':
      return { mode, ...common };
    case 'mailserver': {
      const mailboxes = readMailboxes(wishes.mailbox, domains);
      const catchAll = wishes['catch-all'] === undefined ? undefined : readCatchAll(wishes['catch-all'], mailboxes);
      const milters = (wishes.milter ?? []).map(readMilter);
      return { mode, domains, mailboxes, catchAll, relayhost: readRelayhost(wishes), milters, ...common };
    }
  }
}

function readMode({ mode }: Wishes): Mode {
  const known = modeNames.find((name) => name === mode);
  return known ?? wrongFlag('--mode', `${quoted(mode)} is no mode.`, `Choose one of ${modeNames.join(', ')}.`);
}

const mailserverOnly = [
  'milter',
  'mailbox',
  'catch-all',
  'relayhost',
  'relayhost-user',
  'relayhost-password-file',
] as const;

function refuseForeignFlags(mode: Mode, wishes: Wishes): void {
  if (mode === 'blackhole' && wishes.domains?.length) {
    wrongFlag('--domains', 'a black hole takes mail for every domain.', 'Leave it out, or choose --mode domains.');
  }
  if (mode === 'mailserver') return;
  const foreign = mailserverOnly.find((flag) => wishes[flag] !== undefined);
  if (foreign !== undefined) {
    wrongFlag(`--${foreign}`, whyForeign(foreign), 'Leave it out, or choose --mode mailserver.');
  }
}

function whyForeign(flag: (typeof mailserverOnly)[number]): string {
  if (flag === 'milter') return 'a trap filters nothing.';
  return flag.startsWith('relayhost') ? 'nothing may leave a trap.' : 'a trap has no mailboxes.';
}

function readDomains(given: Wishes['domains'] = []): string[] {
  const domains = given.map(
    (text) =>
      domainName(text) ??
      wrongFlag(
        '--domains',
        `${quoted(text)} is no domain name.`,
        'Write domains such as example.org, with commas between.',
      ),
  );
  if (domains.length === 0) wrongFlag('--domains', 'no domain is named.', 'Name those whose mail is to be taken.');
  return [...new Set(domains)];
}

function readHostname(given: string | undefined, domains: readonly string[]): string {
  // An empty or made-up name greets peers with nonsense, and they go away.
  if (given === undefined) {
    const [first] = domains;
    return first ? `mail.${first}` : wrongFlag('--hostname', 'it is missing.', 'Name the host as its DNS records do.');
  }
  return (
    domainName(given) ??
    wrongFlag('--hostname', `${quoted(given)} is no full host name.`, 'Use one such as mail.example.org.')
  );
}

/** As large as the largest message that the trap takes unless it is told otherwise, or no evidence would reach it. */
const leastMessageSize = 10_240_000;
/** Postfix counts in 32 bits on some systems. */
const mostMessageSize = 2 ** 31 - 1;

function readMessageSize(given = '50 MiB'): number {
  const size = parseSize(given);
  if (size === undefined || size < leastMessageSize || size > mostMessageSize) {
    const range = `from ${leastMessageSize} bytes to ${formatSize(mostMessageSize)}`;
    return wrongFlag('--message-size', `${quoted(given)} is no size ${range}.`, 'Write a size such as 50 MiB.');
  }
  return size;
}

function readSystem(given: string = process.platform === 'freebsd' ? 'freebsd' : 'debian'): System {
  const name = systemNames.find((known) => known === given);
  if (name === undefined) {
    return wrongFlag('--prefix', `${quoted(given)} is not known.`, `Choose one of ${systemNames.join(', ')}.`);
  }
  return systems[name];
}

function readMaillog(given: string | undefined): string | undefined {
  // Postfix itself refuses all other places.
  if (given === undefined || given === '/dev/stdout' || /^\/var\/[\w./@+-]+$/.test(given)) return given;
  return wrongFlag(
    '--maillog',
    `${quoted(given)} is no place for Postfix’s log.`,
    'Use a file below /var, or /dev/stdout.',
  );
}
