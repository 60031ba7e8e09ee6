import { isIP } from 'node:net';
import { hostName } from '../../net/host-name.ts';
import type { AddressPolicy } from '../../net/public-address.ts';
import { addressesOf } from './addresses-of.ts';
import type { Destination } from './destination.ts';
import type { Families } from './families.ts';
import { literalAddress, readMailDomain } from './mail-address.ts';
import type { DnsAnswer, MailResolver, MxRecord } from './mail-resolver.ts';
import type { Route, RouteHost } from './route.ts';
import { shuffled } from './shuffled.ts';

export interface RouteMeans {
  readonly resolver: MailResolver;
  readonly mayConnect: AddressPolicy;
  readonly families: Families;
  readonly randomInt: (max: number) => number;
  /** Milliseconds for each question to DNS. */
  readonly dnsTimeout: number;
  readonly signal: AbortSignal;
}

const mailPort = 25;
const mostHosts = 5;
const sandboxHost = '127.0.0.1';

/** The sandbox is on loopback, where nothing else ever may be. */
export const sandboxOnly: AddressPolicy = (address) =>
  address === sandboxHost ? { is: 'allowed' } : { is: 'forbidden', why: 'is not that of the sandbox' };

/**
 * Finds out where a message would go, and whether it may. Asks DNS and connects to nothing. What it says is true now;
 * whoever sends plans anew.
 */
export async function planRoute(destination: Destination, means: RouteMeans): Promise<Route> {
  switch (destination.is) {
    case 'mx':
      return mailRoute(destination.domain, means);
    case 'server':
      return serverRoute(destination.host, destination.port, means);
    case 'sandbox': {
      const addresses = [{ address: sandboxHost, verdict: sandboxOnly(sandboxHost) }];
      return route('sandbox', [{ host: sandboxHost, port: destination.port, addresses }]);
    }
  }
}

async function mailRoute(written: string, means: RouteMeans): Promise<Route> {
  const domain = readMailDomain(written);
  if (domain === undefined) return refused(`${JSON.stringify(written)} is neither a host name nor an address`);
  const address = literalAddress(domain);
  if (address !== undefined) return route('literal', [atAddress(domain, address, mailPort, means)]);
  const answer = await ask(means, (signal) => means.resolver.mx(domain, signal));
  switch (answer.is) {
    case 'noName':
      return refused(`there is no domain ${domain}`);
    case 'failed':
      // Its own address counts only where there certainly is no MX (RFC 5321, 5.1).
      return { is: 'unreachable', why: `the mail servers of ${domain} are not known: ${answer.why}` };
    case 'noRecords': {
      const { host, isForNow } = await namedHost({ domain, host: domain, port: mailPort }, means);
      if (host.addresses.length > 0) return route('domain', [host]);
      return isForNow
        ? { is: 'unreachable', why: `the address of ${domain} is not known: ${host.problem}` }
        : refused(`${domain} has neither a mail server nor an address`);
    }
    case 'records':
      return mxRoute(domain, answer.records, means);
  }
}

async function mxRoute(domain: string, records: readonly MxRecord[], means: RouteMeans): Promise<Route> {
  if (records.length === 1 && isRoot(records[0]!.exchange)) return refused(`${domain} takes no mail (RFC 7505)`);
  // Among equals chance decides, or the first of them would carry all (RFC 5321, 5.1).
  const ordered = shuffled(records, means.randomInt).sort((one, other) => one.preference - other.preference);
  const tried = ordered.slice(0, mostHosts);
  const hosts = await Promise.all(
    tried.map(async ({ exchange, preference }) => {
      const host = hostName(exchange.replace(/\.$/, ''));
      if (host !== undefined) return (await namedHost({ domain, host, port: mailPort, preference }, means)).host;
      const problem = `${JSON.stringify(exchange)} is no host name`;
      return { host: exchange, port: mailPort, preference, addresses: [], problem };
    }),
  );
  return route('mx', hosts, ordered.length - tried.length);
}

async function serverRoute(written: string, port: number, means: RouteMeans): Promise<Route> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return refused(`${port} is no port`);
  if (isIP(written) !== 0) return route('server', [atAddress(written, written, port, means)]);
  const host = hostName(written.replace(/\.$/, ''));
  if (host === undefined) return refused(`${JSON.stringify(written)} is neither a host name nor an address`);
  return route('server', [(await namedHost({ domain: host, host, port }, means)).host]);
}

function atAddress(host: string, address: string, port: number, { mayConnect }: RouteMeans): RouteHost {
  return { host, port, addresses: [{ address, verdict: mayConnect(address) }] };
}

async function namedHost(
  { domain, ...named }: { domain: string; host: string; port: number; preference?: number },
  means: RouteMeans,
): Promise<{ readonly host: RouteHost; readonly isForNow: boolean }> {
  const { addresses, problem, isForNow } = await addressesOf(domain, named.host, means.families, {
    randomInt: means.randomInt,
    ask: (family) => ask(means, (signal) => means.resolver[family](named.host, signal)),
  });
  const judged = addresses.map((address) => ({ address, verdict: means.mayConnect(address) }));
  return { host: { ...named, addresses: judged, ...(problem !== undefined && { problem }) }, isForNow };
}

function ask<Entry>(
  { signal, dnsTimeout }: RouteMeans,
  question: (signal: AbortSignal) => Promise<DnsAnswer<Entry>>,
): Promise<DnsAnswer<Entry>> {
  return question(AbortSignal.any([signal, AbortSignal.timeout(dnsTimeout)]));
}

function isRoot(exchange: string): boolean {
  return exchange === '' || exchange === '.';
}

function route(
  by: 'mx' | 'domain' | 'literal' | 'server' | 'sandbox',
  hosts: readonly RouteHost[],
  leftOut = 0,
): Route {
  return { is: 'route', by, hosts, leftOut };
}

function refused(why: string): Route {
  return { is: 'refused', why };
}
