import { createHash } from 'node:crypto';
import { expect, describe, it } from 'vitest';
import { relayMessage } from '../../../src/lib/probe/relay/relay-message.ts';
import { selfSigned } from '../../../src/lib/tls/self-signed.ts';
import { letter, plainContent, relayMeans } from './means.ts';
import { startSink } from './smtp-server-sink.ts';

/** Everything that survives the wire, and what is done to it there. */
const hardContent = Buffer.concat([
  Buffer.from('.Subject: dots\r\n..\r\n.\r\n...\r\n\r\n.', 'latin1'),
  Buffer.from(Array.from({ length: 253 }, (_, code) => [code + 1]).flat()).filter(
    (byte) => byte !== 0x0d && byte !== 0x0a,
  ),
  Buffer.from(`\r\n.${'x'.repeat(5_000)}\r\n\r\n.\r\n`, 'latin1'),
]);

describe('to smtp-server a message comes', () => {
  it('in the clear, to the byte, and the report tells everything', async () => {
    const sink = await startSink();
    const phases: string[] = [];
    const report = await relayMessage(letter(), relayMeans(sink.port, { onPhase: (phase) => phases.push(phase) }));
    expect(sink.taken).toMatchObject([
      { from: 'sender@example.test', to: ['dropbox@example.net'], isSecure: false, helo: 'trap.example.org' },
    ]);
    expect(sink.taken[0]!.content.equals(plainContent)).toBe(true);
    const server = { host: '127.0.0.1', address: '127.0.0.1', port: sink.port };
    expect(report).toMatchObject({
      outcome: 'relayed',
      why: '127.0.0.1: 250 OK: queued as SINK42',
      recipients: [{ address: 'dropbox@example.net', accepted: true, reply: { code: 250 } }],
      dotSent: true,
      content: {
        size: plainContent.length,
        sha256: createHash('sha256').update(plainContent).digest('hex'),
        changes: [],
      },
      by: 'server',
      server,
      reply: { code: 250, text: 'OK: queued as SINK42' },
      queueId: 'SINK42',
      quit: { code: 221, text: 'Bye' },
      attempts: [{ ...server, result: 'relayed', phase: 'quit', quit: { code: 221 } }],
    });
    expect(report.tls).toBeUndefined();
    expect(report.exception).toBeUndefined();
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(phases).toEqual([
      'connecting',
      'greeting',
      'hello',
      'sender',
      'recipients',
      'data',
      'content',
      'dot',
      'quit',
    ]);
  });

  it('with dots, 8-bit bytes, controls and long lines as they are', async () => {
    const sink = await startSink({ size: 10_000_000 });
    const report = await relayMessage(letter({ content: hardContent }), relayMeans(sink.port));
    expect(report).toMatchObject({ outcome: 'relayed', content: { changes: [] } });
    expect(sink.taken[0]!.content.equals(hardContent)).toBe(true);
    expect(sink.taken[0]!.parameters).toMatchObject({ BODY: '8BITMIME', SIZE: String(hardContent.length) });
  });

  it('of more than a socket holds', async () => {
    const sink = await startSink();
    const content = Buffer.from('.A line that is neither short nor long, and begins with a dot.\r\n'.repeat(20_000));
    expect(await relayMessage(letter({ content }), relayMeans(sink.port))).toMatchObject({ outcome: 'relayed' });
    expect(sink.taken[0]!.content.equals(content)).toBe(true);
  });

  it('without any byte at all', async () => {
    const sink = await startSink();
    const content = Buffer.alloc(0);
    expect(await relayMessage(letter({ content }), relayMeans(sink.port))).toMatchObject({ outcome: 'relayed' });
    expect(sink.taken[0]!.content).toHaveLength(0);
  });

  it('in TLS where that is offered, whoever the certificate is from', async () => {
    const { key, cert } = await selfSigned('mx.example.net', Date.now());
    const sink = await startSink({ key, cert });
    const report = await relayMessage(letter({ content: hardContent }), relayMeans(sink.port));
    expect(sink.taken).toMatchObject([{ isSecure: true }]);
    expect(sink.taken[0]!.content.equals(hardContent)).toBe(true);
    expect(report).toMatchObject({
      outcome: 'relayed',
      tls: {
        version: 'TLSv1.3',
        isVerified: false,
        doubt: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        certificate: { subject: 'CN=mx.example.net' },
      },
    });
    expect(report.tls?.certificate?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('from nobody, and to addresses in Unicode', async () => {
    const sink = await startSink();
    const report = await relayMessage(letter({ from: '', to: ['jürgen@bücher.test'] }), relayMeans(sink.port));
    expect(report).toMatchObject({ outcome: 'relayed' });
    expect(sink.taken[0]).toMatchObject({ from: '', parameters: { SMTPUTF8: true } });
  });

  it('for several recipients in one transaction, each with an answer of its own', async () => {
    const sink = await startSink({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('no') ? done(Object.assign(new Error('no such user'), { responseCode: 550 })) : done(),
    });
    const to = ['one@example.net', 'no@example.net', 'two@example.net'];
    const report = await relayMessage(letter({ to }), relayMeans(sink.port));
    expect(report).toMatchObject({
      outcome: 'relayed',
      recipients: [
        { address: 'one@example.net', accepted: true, reply: { code: 250 } },
        { address: 'no@example.net', accepted: false, reply: { code: 550, text: 'no such user' } },
        { address: 'two@example.net', accepted: true, reply: { code: 250 } },
      ],
    });
    expect(sink.taken.map((each) => each.to)).toEqual([['one@example.net', 'two@example.net']]);
  });
});

describe('by smtp-server a message is refused', () => {
  it('for its recipient', async () => {
    const sink = await startSink({
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 })),
    });
    expect(await relayMessage(letter(), relayMeans(sink.port))).toMatchObject({
      outcome: 'refused',
      dotSent: false,
      reply: { code: 550, text: '5.1.1 no such user' },
      quit: { code: 221 },
      recipients: [{ accepted: false, reply: { code: 550 } }],
    });
  });

  it('for its content', async () => {
    const sink = await startSink({
      onData(stream, _session, done) {
        stream.resume();
        stream.on('end', () => done(Object.assign(new Error('spam'), { responseCode: 554 })));
      },
    });
    expect(await relayMessage(letter(), relayMeans(sink.port))).toMatchObject({
      outcome: 'refused',
      dotSent: true,
      reply: { code: 554, text: 'spam' },
      recipients: [{ accepted: true }],
    });
  });

  it('for its size, before it is sent', async () => {
    const sink = await startSink({ size: 20 });
    const report = await relayMessage(letter(), relayMeans(sink.port));
    expect(report).toMatchObject({ outcome: 'refused', dotSent: false });
    expect(report.why).toContain('20 bytes at most');
  });

  it('since it would have to be rewritten', async () => {
    const plain = await startSink({ hide8BITMIME: true, hideSMTPUTF8: true });
    const eightBit = await relayMessage(letter({ content: hardContent }), relayMeans(plain.port));
    expect(eightBit).toMatchObject({ outcome: 'refused', attempts: [{ result: 'unfit' }] });
    expect(eightBit.why).toContain('8BITMIME');
    const unicode = await relayMessage(letter({ to: ['jürgen@example.net'] }), relayMeans(plain.port));
    expect(unicode.why).toContain('SMTPUTF8');
    expect(await relayMessage(letter(), relayMeans(plain.port))).toMatchObject({ outcome: 'relayed' });
    expect(plain.taken).toHaveLength(1);
  });
});
