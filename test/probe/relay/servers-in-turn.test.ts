import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Dial } from '../../../src/lib/probe/relay/dial.ts';
import { nodeResolver } from '../../../src/lib/probe/relay/node-resolver.ts';
import { relayMessage, type RelayMeans } from '../../../src/lib/probe/relay/relay-message.ts';
import type { Letter } from '../../../src/lib/probe/relay/letter.ts';
import { DnsServer } from '../../support/dns-server.ts';
import { letter, relayMeans } from './means.ts';
import { ScriptedServer, type Script } from './scripted-server.ts';

/** MX hosts of example.net in their order, at 127.0.0.1, 127.0.0.2, and so on. */
async function relayToMx(scripts: readonly Script[], parts: Partial<Letter> = {}, means: Partial<RelayMeans> = {}) {
  const addresses = scripts.map((_, at) => `127.0.0.${at + 1}`);
  const servers = await Promise.all(scripts.map((script, at) => ScriptedServer.start(script, addresses[at])));
  const dns = await DnsServer.of({
    'example.net MX': addresses.map((_, at) => `${at} mx${at}.example.net`),
    ...Object.fromEntries(addresses.map((address, at) => [`mx${at}.example.net A`, [address]])),
  });
  const dialled: string[] = [];
  const dial: Dial = (host, port) => {
    dialled.push(`${host}:${port}`);
    return connect({ host, port: servers[addresses.indexOf(host)]!.port });
  };
  const resolver = nodeResolver({ servers: [dns.address] });
  const report = await relayMessage(
    letter(parts),
    relayMeans(0, { destination: { is: 'mx', domain: 'example.net' }, resolver, dial, ...means }),
  );
  return { report, servers, dialled };
}

const messages = (servers: readonly ScriptedServer[]) => servers.map(({ messages }) => messages.length);

describe('the next server is asked', () => {
  it.each<[string, Script]>([
    ['is not there', { connect: 'reset' }],
    ['is busy', { connect: '421 busy\r\n' }],
    ['has no patience with us', { EHLO: '450 later\r\n' }],
    ['cannot take the sender now', { MAIL: '451 later\r\n' }],
    ['cannot take the recipient now', { RCPT: '450 greylisted\r\n' }],
    ['cannot take the message now', { DATA: '451 later\r\n' }],
    ['goes away before the message', { DATA: 'reset' }],
    ['speaks no SMTP', { connect: 'HTTP/1.1 400 Bad Request\r\n' }],
  ])('when one %s', async (_, script) => {
    const { report, servers, dialled } = await relayToMx([script, {}, {}]);
    expect(report).toMatchObject({
      outcome: 'relayed',
      by: 'mx',
      server: { host: 'mx1.example.net', address: '127.0.0.2', port: 25 },
    });
    expect(report.attempts.map(({ host }) => host)).toEqual(['mx0.example.net', 'mx1.example.net']);
    expect(messages(servers)).toEqual([0, 1, 0]);
    expect(dialled).toEqual(['127.0.0.1:25', '127.0.0.2:25']);
  });

  it('when one does not offer what the message needs', async () => {
    const content = Buffer.from('Subject: \xe4\r\n\r\n', 'latin1');
    const { report, servers } = await relayToMx([{ EHLO: '250 mx\r\n' }, {}], { content });
    expect(report).toMatchObject({ outcome: 'relayed', attempts: [{ result: 'unfit' }, { result: 'relayed' }] });
    expect(servers[1]!.messages[0]!.equals(Buffer.concat([content, Buffer.from('')]))).toBe(true);
  });
});

describe('no other server is asked', () => {
  it.each<[string, Script]>([
    ['has said no to us for good', { connect: '554 go away\r\n' }],
    ['has said no to the sender for good', { MAIL: '550 no\r\n' }],
    ['has said no to the recipient for good', { RCPT: '550 no such user\r\n' }],
    ['has said no to the message before it came', { DATA: '554 no\r\n' }],
    ['has said no to the message for good', { dot: '554 spam\r\n' }],
    ['has said no to the whole message for now', { dot: '451 later\r\n' }],
  ])('when one %s', async (_, script) => {
    const { report, servers } = await relayToMx([script, {}]);
    expect(report).toMatchObject({ outcome: 'refused', server: { host: 'mx0.example.net' } });
    expect(servers.map(({ connections }) => connections)).toEqual([1, 0]);
  });

  it.each<[string, Script]>([
    ['reset', { dot: 'reset' }],
    ['close', { dot: 'close' }],
    ['nonsense', { dot: 'what?\r\n' }],
    ['endless words', { dot: 'endlessLine' }],
    ['an answer to something else', { dot: '354 go\r\n' }],
  ])('when one answers the dot with %s: the message may be there', async (_, script) => {
    const { report, servers } = await relayToMx([script, {}]);
    expect(report).toMatchObject({ outcome: 'uncertain', dotSent: true });
    expect(servers.map(({ connections }) => connections)).toEqual([1, 0]);
  });
});

it('no other server is asked when the final dot cannot be written down', async () => {
  const beforeDot = () => Promise.reject(new Error('the disk is full'));
  const { report, servers } = await relayToMx([{}, {}], {}, { beforeDot });
  expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false });
  expect(servers.map(({ connections }) => connections)).toEqual([1, 0]);
});

describe('when nobody takes it', () => {
  it('the last that said no is the one that counts', async () => {
    const { report } = await relayToMx([
      { RCPT: '450 later\r\n' },
      { RCPT: '451 much later\r\n' },
      { connect: 'reset' },
    ]);
    expect(report).toMatchObject({
      outcome: 'refused',
      why: 'mx1.example.net [127.0.0.2]: 451 much later',
      reply: { code: 451 },
      attempts: [{ result: 'postponed' }, { result: 'postponed' }, { result: 'lost' }],
    });
  });

  it('it is unreachable when nobody could be asked', async () => {
    const { report } = await relayToMx([{ connect: 'reset' }, { connect: 'close' }]);
    expect(report).toMatchObject({ outcome: 'unreachable', server: { host: 'mx1.example.net' } });
  });
});

describe('of several recipients', () => {
  it('only those are asked for again that nobody has refused for good', async () => {
    const to = ['a', 'b', 'c'].map((name) => `${name}@example.net`);
    const first: Script = { RCPT: ['550 no\r\n', '250 ok\r\n', '450 later\r\n'], DATA: '451 later\r\n' };
    const { report, servers } = await relayToMx([first, { RCPT: ['250 ok\r\n', '452 too many\r\n'] }], { to });
    expect(servers[1]!.commands.filter((line) => line.startsWith('RCPT'))).toEqual([
      'RCPT TO:<b@example.net>',
      'RCPT TO:<c@example.net>',
    ]);
    expect(report).toMatchObject({
      outcome: 'relayed',
      recipients: [
        { address: to[0], accepted: false, reply: { code: 550 } },
        { address: to[1], accepted: true, reply: { code: 250 } },
        { address: to[2], accepted: false, reply: { code: 452 } },
      ],
    });
  });

  it('nobody counts as taken by a server that was lost', async () => {
    const { report } = await relayToMx([{ DATA: 'close' }, { connect: 'close' }]);
    expect(report).toMatchObject({ outcome: 'unreachable', recipients: [{ accepted: false, reply: { code: 250 } }] });
  });

  it('all have to be at the domain that is gone to', async () => {
    const { report, dialled } = await relayToMx([{}], { to: ['a@example.net', 'b@example.org'] });
    expect(report).toMatchObject({ outcome: 'refused' });
    expect(report.why).toBe('the recipient "b@example.org" is not at example.net');
    expect(dialled).toEqual([]);
  });
});

it('one address is tried once, under however many names', async () => {
  const server = await ScriptedServer.start({ connect: ['421 busy\r\n', '421 busy\r\n'] });
  const dns = await DnsServer.of({
    'example.net MX': ['1 a.example.net', '2 b.example.net'],
    'a.example.net A': ['127.0.0.1'],
    'b.example.net A': ['127.0.0.1'],
  });
  const report = await relayMessage(
    letter(),
    relayMeans(0, {
      destination: { is: 'mx', domain: 'example.net' },
      resolver: nodeResolver({ servers: [dns.address] }),
      dial: (host) => connect({ host, port: server.port }),
    }),
  );
  expect(report.attempts.map(({ result }) => result)).toEqual(['postponed', 'passedOver']);
  expect(server.connections).toBe(1);
});
