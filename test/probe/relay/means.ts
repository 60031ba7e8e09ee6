import { connect } from 'node:net';
import type { AddressPolicy } from '../../../src/lib/net/public-address.ts';
import type { Dial } from '../../../src/lib/probe/relay/dial.ts';
import { nodeResolver } from '../../../src/lib/probe/relay/node-resolver.ts';
import type { RouteMeans } from '../../../src/lib/probe/relay/plan-route.ts';
import type { Letter } from '../../../src/lib/probe/relay/letter.ts';
import type { RelayMeans } from '../../../src/lib/probe/relay/relay-message.ts';
import type { RelayTimeouts } from '../../../src/lib/probe/relay/timeouts.ts';
import type { DnsServer } from '../../support/dns-server.ts';

/** What a test of the relay is done with: loopback is allowed, and nothing fails only because a machine is slow. */

export const anywhere: AddressPolicy = () => ({ is: 'allowed' });

/** No two are the same, so that a report tells which of them was met. */
export const patient: RelayTimeouts = {
  dns: 30_000,
  connect: 31_000,
  greeting: 32_000,
  handshake: 33_000,
  command: 34_000,
  content: 35_000,
  answer: 36_000,
  quit: 37_000,
  total: 50_000,
};

/** Chance that always chooses the same: the order stays as it is. */
export const noChance = (max: number): number => max - 1;

/** Goes to this port instead of every port 25: a test has no right to that one. */
export function dialInstead(port: number, dialled: string[] = []): Dial {
  return (host, wanted) => {
    dialled.push(`${host}:${wanted}`);
    return connect({ host, port: wanted === 25 ? port : wanted });
  };
}

/** Fails whoever connects. */
export const neverDial: Dial = (address) => {
  throw new Error(`something connects to ${address}`);
};

export function routeMeans(dns: DnsServer, means: Partial<RouteMeans> = {}): RouteMeans {
  return {
    resolver: nodeResolver({ servers: [dns.address], timeout: 20_000, tries: 1 }),
    mayConnect: anywhere,
    families: { ipv6: 'routed', ipv4Only: ['gmail.com'] },
    randomInt: noChance,
    dnsTimeout: 30_000,
    signal: new AbortController().signal,
    ...means,
  };
}

/** To a server on this port of loopback, unless the test says otherwise. */
export function relayMeans(port: number, means: Partial<RelayMeans> = {}): RelayMeans {
  return {
    destination: { is: 'server', host: '127.0.0.1', port },
    resolver: nodeResolver({ servers: ['127.0.0.1:9'], timeout: 100, tries: 1 }),
    mayConnect: anywhere,
    families: { ipv6: 'unrouted', ipv4Only: [] },
    randomInt: noChance,
    now: Date.now,
    signal: new AbortController().signal,
    timeouts: patient,
    ...means,
  };
}

export const plainContent = Buffer.from('Subject: probe\r\nFrom: a@example.test\r\n\r\nIs anybody there?\r\n');

export function letter(parts: Partial<Letter> = {}): Letter {
  return {
    from: 'sender@example.test',
    to: ['dropbox@example.net'],
    content: plainContent,
    heloName: 'trap.example.org',
    ...parts,
  };
}
