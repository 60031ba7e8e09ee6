import { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { relayMessage, type RelayMeans } from '../../../src/lib/probe/relay/relay-message.ts';
import { letter, patient, relayMeans } from './means.ts';
import { ScriptedServer, type Deed, type Moment, type Script } from './scripted-server.ts';

async function relayTo(script: Script, means: Partial<RelayMeans> = {}, parts: Parameters<typeof letter>[0] = {}) {
  const server = await ScriptedServer.start(script);
  const report = await relayMessage(letter(parts), relayMeans(server.port, means));
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  return { server, report };
}

/** As relayTo, where so much time passes in a moment once the server is silent. */
async function waitFor(time: number, script: Script, means: Partial<RelayMeans> = {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await ScriptedServer.start(script);
  const connected = Promise.withResolvers<void>();
  const onPhase: RelayMeans['onPhase'] = (phase) => phase === 'greeting' && connected.resolve();
  const relayed = relayMessage(letter(), relayMeans(server.port, { ...means, onPhase }));
  await Promise.all([connected.promise, server.hung]);
  vi.advanceTimersByTime(time - 1);
  const isOver = await Promise.race([relayed.then(() => true), setImmediate(false)]);
  vi.advanceTimersByTime(1);
  return { server, report: await relayed, isOver };
}

/** For handshakes that never come to an end; a good one is not among these tests. */
const hastyHandshake = { timeouts: { ...patient, handshake: 100 } };

const beforeDot: readonly Moment[] = ['connect', 'EHLO', 'MAIL', 'RCPT', 'DATA'];

describe('a server that is silent', () => {
  it.each([
    ['connect', 32, 'waiting for the greeting took more than 32s'],
    ['EHLO', 34, 'the introduction took more than 34s'],
    ['MAIL', 34, 'naming the sender took more than 34s'],
    ['RCPT', 34, 'naming the recipients took more than 34s'],
    ['DATA', 34, 'announcing the message took more than 34s'],
  ] as const)('at %s is left after %d seconds', async (moment, seconds, why) => {
    const { report, isOver } = await waitFor(seconds * 1_000, { [moment]: 'hang' });
    expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false, why: `127.0.0.1: ${why}` });
    expect(isOver).toBe(false);
  });

  it('where not even a connection comes about is left after 31 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const onPhase: RelayMeans['onPhase'] = () => void vi.advanceTimersByTime(31_000);
    const report = await relayMessage(letter(), relayMeans(25, { dial: () => new Socket(), onPhase }));
    expect(report).toMatchObject({ outcome: 'unreachable', attempts: [{ phase: 'connecting' }] });
    expect(report.why).toContain('connecting took more than 31s');
  });

  it('after the dot leaves it uncertain', async () => {
    const { report, server } = await waitFor(36_000, { dot: 'hang' });
    expect(report).toMatchObject({ outcome: 'uncertain', dotSent: true, recipients: [{ accepted: true }] });
    expect(report.why).toContain('waiting for the answer to the message took more than 36s');
    expect(server.connections).toBe(1);
  });

  it('at QUIT has taken the message all the same', async () => {
    const { report } = await waitFor(37_000, { QUIT: 'hang' });
    expect(report).toMatchObject({ outcome: 'relayed', queueId: 'SCRIPT1' });
    expect(report.quit).toBeUndefined();
  });

  it('but for a byte now and then has no more time', async () => {
    const { report } = await waitFor(34_000, { EHLO: 'drip' });
    expect(report).toMatchObject({ outcome: 'unreachable', attempts: [{ phase: 'hello' }] });
  });

  it('has no more than the time for everything', async () => {
    const { report } = await waitFor(10_000, { RCPT: 'hang' }, { timeouts: { ...patient, total: 10_000 } });
    expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false });
    expect(report.why).toContain('all of it took more than 10s');
  });

  it('in the TLS handshake is spoken to in the clear', async () => {
    const offer = ['250-a\r\n250 STARTTLS\r\n', '250 a\r\n'];
    const { report, server } = await relayTo({ EHLO: offer, STARTTLS: '220 go\r\n' }, hastyHandshake);
    expect(report).toMatchObject({
      outcome: 'relayed',
      attempts: [{ result: 'lost', phase: 'handshake' }, { result: 'relayed' }],
    });
    expect(server.connections).toBe(2);
  });
});

describe('a server that goes away', () => {
  for (const how of ['reset', 'close'] as const) {
    it.each(beforeDot)(`with a ${how} at %s has not got the message`, async (moment) => {
      const { report } = await relayTo({ [moment]: how });
      expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false, attempts: [{ result: 'lost' }] });
      // A reset may overtake what was written, and then the socket itself says so.
      if (how === 'reset') expect(report.why).toMatch(/ECONNRESET|closed the connection/);
    });

    it(`with a ${how} after the dot may have got it, and it is not sent again`, async () => {
      const { report, server } = await relayTo({ dot: how });
      expect(report).toMatchObject({ outcome: 'uncertain', dotSent: true, attempts: [{ result: 'uncertain' }] });
      expect(server.connections).toBe(1);
    });

    it(`with a ${how} at QUIT has got it`, async () => {
      const { report } = await relayTo({ QUIT: how });
      expect(report).toMatchObject({ outcome: 'relayed' });
      expect(report.exception).toBeUndefined();
    });
  }

  it('in the middle of the message has not got it', async () => {
    const content = Buffer.from('A line of the message.\r\n'.repeat(500_000));
    const { report } = await relayTo({ content: 'reset' }, {}, { content });
    expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false, attempts: [{ phase: 'content' }] });
    expect(report.exception).toMatch(/ECONNRESET|EPIPE/);
  });

  it('is not there at all', async () => {
    const { report } = await relayTo({}, { destination: { is: 'server', host: '127.0.0.1', port: 1 } });
    expect(report).toMatchObject({
      outcome: 'unreachable',
      exception: 'connect ECONNREFUSED 127.0.0.1:1',
      attempts: [{ result: 'lost', phase: 'connecting' }],
    });
  });
});

describe('a server that says no in the middle of the message', () => {
  it('is heard, and the dot does not leave', async () => {
    const content = Buffer.from('A line of the message.\r\n'.repeat(500_000));
    const deeds: Deed[] = ['552 too much\r\n', 'close'];
    const { report } = await relayTo({ content: deeds }, {}, { content });
    expect(report).toMatchObject({ outcome: 'refused', dotSent: false, reply: { code: 552, text: 'too much' } });
  });
});

describe('a server that talks without end', () => {
  const moments: readonly Moment[] = [...beforeDot, 'dot', 'QUIT'];
  for (const deed of ['flood', 'endlessLine', 'endlessReply'] as const) {
    it.each(moments)(`by ${deed} at %s is cut off`, async (moment) => {
      const { report } = await relayTo({ [moment]: deed });
      const taken = moment === 'QUIT' || (moment === 'dot' && deed === 'flood');
      const isLeftOver = deed === 'flood' && moment !== 'dot' && moment !== 'QUIT';
      if (isLeftOver) expect(['unreachable', 'refused']).toContain(report.outcome);
      else expect(report.outcome).toBe(taken ? 'relayed' : moment === 'dot' ? 'uncertain' : 'unreachable');
      expect(JSON.stringify(report).length).toBeLessThan(50_000);
    });
  }
});

describe('a server that lies about TLS', () => {
  it('and slips its own words in before it, is not believed', async () => {
    const injected = '220 go\r\n250-evil\r\n250 8BITMIME\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued as EVIL\r\n';
    const offer = ['250-a\r\n250 STARTTLS\r\n', '250 a\r\n'];
    const { report, server } = await relayTo({ EHLO: offer, STARTTLS: injected }, hastyHandshake);
    expect(report.queueId).toBe('SCRIPT1');
    // In what came first there is no conversation behind STARTTLS.
    expect(server.commands.slice(0, 3)).toEqual([
      'EHLO trap.example.org',
      'STARTTLS',
      expect.not.stringMatching(/^MAIL/),
    ]);
  });

  it('and goes on in the clear gets the message on another connection', async () => {
    const deeds = ['220 go\r\n250 this is no handshake\r\n'];
    const offer = ['250-a\r\n250 STARTTLS\r\n', '250 a\r\n'];
    const { report } = await relayTo({ EHLO: offer, STARTTLS: deeds }, hastyHandshake);
    expect(report).toMatchObject({ outcome: 'relayed', attempts: [{ phase: 'handshake' }, { result: 'relayed' }] });
  });
});

describe('the final dot', () => {
  it('leaves after it was written down that it will', async () => {
    const order: string[] = [];
    const server = await ScriptedServer.start();
    const held = Promise.withResolvers<void>();
    const called = Promise.withResolvers<void>();
    const relayed = relayMessage(
      letter(),
      relayMeans(server.port, {
        beforeDot: () => {
          order.push('written down');
          called.resolve();
          return held.promise;
        },
        onPhase: (phase) => phase === 'dot' && order.push('dot'),
      }),
    );
    await called.promise;
    expect(server.messages).toEqual([]);
    held.resolve();
    expect(await relayed).toMatchObject({ outcome: 'relayed' });
    expect(order).toEqual(['written down', 'dot']);
    expect(server.messages).toHaveLength(1);
  });

  it('does not leave when that cannot be written down, and nobody else is asked', async () => {
    const server = await ScriptedServer.start();
    const report = await relayMessage(
      letter(),
      relayMeans(server.port, { beforeDot: () => Promise.reject(new Error('the disk is full')) }),
    );
    expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false });
    expect(report.why).toContain('the final dot was held back: the disk is full');
    expect(server.messages).toEqual([]);
    expect(report.attempts).toHaveLength(1);
  });
});

describe('a signal to stop', () => {
  it('while it is written down that the dot will leave holds the dot back', async () => {
    const stop = new AbortController();
    const beforeDot = () => stop.abort(new Error('the kill switch'));
    const { server, report } = await relayTo({}, { signal: stop.signal, beforeDot });
    expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false, attempts: [{ phase: 'content' }] });
    expect(server.messages).toEqual([]);
  });

  it('before it begins lets nothing begin', async () => {
    const { server, report } = await relayTo({}, { signal: AbortSignal.abort(new Error('the kill switch')) });
    expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false, attempts: [] });
    expect(report.why).toContain('the kill switch');
    expect(server.connections).toBe(0);
  });

  it.each(['connecting', 'greeting', 'hello', 'sender', 'recipients', 'data', 'content'] as const)(
    'during %s ends it before the dot',
    async (when) => {
      const stop = new AbortController();
      const onPhase: RelayMeans['onPhase'] = (phase) => phase === when && stop.abort(new Error('the kill switch'));
      const { server, report } = await relayTo({}, { signal: stop.signal, onPhase });
      expect(report).toMatchObject({ outcome: 'unreachable', dotSent: false, attempts: [{ phase: when }] });
      expect(report.why).toContain('the kill switch');
      expect(server.messages).toEqual([]);
    },
  );

  it('after the dot leaves it uncertain', async () => {
    const stop = new AbortController();
    const onPhase: RelayMeans['onPhase'] = (phase) => phase === 'dot' && stop.abort();
    const { report } = await relayTo({ dot: 'hang' }, { signal: stop.signal, onPhase });
    expect(report).toMatchObject({ outcome: 'uncertain', dotSent: true });
  });
});
