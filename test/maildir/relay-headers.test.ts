import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptHeaders, reportHeaders, type RelayReport } from '../../src/lib/maildir/relay-headers.ts';

const valueOf = (report: RelayReport, name: string) => {
  const prefix = `X-Relay-Sendmail-${name}: `;
  return reportHeaders(report)
    .find((line) => line.startsWith(prefix))
    ?.slice(prefix.length);
};
const refusedBy = (...entries: [string, number, string][]): RelayReport => ({
  refused: new Map(entries.map(([recipient, code, text]) => [recipient, { code, text }])),
});

describe('the headers of a report', () => {
  it('are those of the seed where all went well', () => {
    const report: RelayReport = {
      refused: new Map(),
      quit: { code: 221, text: '2.0.0 bye' },
      server: 'mx.example.org',
      port: 25,
      tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384',
      reply: { code: 250, text: '2.0.0 Ok: queued as 4Fx1' },
      queueId: '4Fx1',
    };
    expect(reportHeaders(report)).toEqual([
      'X-Relay-Sendmail-Sent: {}',
      "X-Relay-Sendmail-Quit: (221, b'2.0.0 bye')",
      'X-Relay-Sendmail-Exception: None',
      'X-Relay-Sendmail-Server: mx.example.org',
      'X-Relay-Sendmail-Port: 25',
      'X-Relay-Sendmail-TLS: TLSv1.3 TLS_AES_256_GCM_SHA384',
      'X-Relay-Sendmail-Reply: 250 2.0.0 Ok: queued as 4Fx1',
      'X-Relay-Sendmail-Queue-Id: 4Fx1',
    ]);
  });

  it('say None for all that an exception has left unknown', () => {
    expect(reportHeaders({ exception: 'connect ECONNREFUSED' }).map((line) => line.split(': ')[1])).toEqual([
      'None',
      'None',
      'connect ECONNREFUSED',
      'None',
      'None',
      'None',
      'None',
      'None',
    ]);
  });

  // As CPython 3 prints the dictionary that smtplib returns, but for characters beyond ASCII, which are escaped.
  it.each([
    [refusedBy(['a@b', 550, '5.1.1 no']), "{'a@b': (550, b'5.1.1 no')}"],
    [refusedBy(['a@b', 550, 'x'], ['c@d', 451, 'y']), "{'a@b': (550, b'x'), 'c@d': (451, b'y')}"],
    [refusedBy(["o'neil@b", 550, "don't"]), '{"o\'neil@b": (550, b"don\'t")}'],
    [refusedBy([`'"@b`, 550, `'"`]), `{'\\'"@b': (550, b'\\'"')}`],
    [refusedBy(['a\\b', 550, 'one\ntwo\r\tthree\0']), "{'a\\\\b': (550, b'one\\ntwo\\r\\tthree\\x00')}"],
    [refusedBy(['ü@日😀', 550, 'ü\udcff']), "{'\\xfc@\\u65e5\\U0001f600': (550, b'\\xc3\\xbc\\xff')}"],
    [refusedBy(['\udcff@b', 550, '']), "{'\\udcff@b': (550, b'')}"],
  ])('write refused recipients as Python does: %#', (report, text) => {
    expect(valueOf(report, 'Sent')).toBe(text);
  });

  it('leave out what has no room, and say so', () => {
    const many = refusedBy(
      ...Array.from({ length: 100 }, (_, index): [string, number, string] => [`${index}@b`, 550, 'no']),
    );
    expect(valueOf(many, 'Sent')).toMatch(/^\{'0@b': \(550, b'no'\), .*, \.\.\.\}$/);
    const long = refusedBy(['x'.repeat(5000), 550, 'y'.repeat(5000)]);
    expect(valueOf(long, 'Sent')).toMatch(/^\{'x{300}\.\.\.': \(550, b'y{500}\.\.\.'\)\}$/);
  });

  it('are one line each, short enough and free of anything active, whatever a peer said', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2_000 }),
      fc.string({
        unit: fc.constantFrom('\r\n', 'X-Evil: 1', "'", '"', '\\', '\x1b', '\udc80', '日', 'a'),
        maxLength: 900,
      }),
    );
    const reply = fc.record({ code: fc.integer({ min: 200, max: 599 }), text });
    const report = fc.record({
      refused: fc.array(fc.tuple(text, reply), { maxLength: 5 }).map((entries) => new Map(entries)),
      quit: reply,
      exception: text,
      server: text,
      port: fc.integer({ min: 1, max: 65535 }),
      tls: text,
      reply,
      queueId: text,
    });
    fc.assert(
      fc.property(report, fc.array(text, { maxLength: 5 }), (report, recipients) => {
        for (const line of [...reportHeaders(report), ...attemptHeaders('2026-11-20T12:00:00.000000', recipients)]) {
          expect(line).toMatch(/^X-Relay-Sendmail-[\w-]+: /);
          expect(line).not.toMatch(/[\p{Cc}\p{Cs}]/u);
          expect(line.length).toBeLessThanOrEqual(998);
        }
        for (const line of reportHeaders(report).slice(0, 2)) expect(line).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
