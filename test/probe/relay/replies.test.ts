import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noExtensions, readExtensions } from '../../../src/lib/probe/relay/extensions.ts';
import { remoteQueueId } from '../../../src/lib/probe/relay/remote-queue-id.ts';
import { ReplyReader, type ReplyReading } from '../../../src/lib/probe/relay/reply.ts';

function read(text: string): ReplyReading[] {
  const reader = new ReplyReader();
  reader.take(Buffer.from(text, 'latin1'));
  const readings: ReplyReading[] = [];
  do readings.push(reader.next());
  while (readings.at(-1)!.is === 'reply');
  return readings;
}

describe('a reply', () => {
  it.each([
    ['250 OK\r\n', 250, 'OK'],
    ['250\r\n', 250, ''],
    ['250 \r\n', 250, ''],
    ['250-one\r\n250-\r\n250 two\r\n', 250, 'one\n\ntwo'],
    ['550-5.1.1 no\r\n550\r\n', 550, '5.1.1 no\n'],
    ['250 OK\n', 250, 'OK'],
    ['421 \xc3\xa4\xff\r\n', 421, '\udcc3\udca4\udcff'],
  ])('is read from %j', (text, code, words) => {
    expect(read(text)[0]).toEqual({ is: 'reply', reply: { code, text: words } });
  });

  it.each([
    ['hello\r\n', 'no reply of SMTP'],
    ['\r\n', 'no reply of SMTP'],
    ['25 OK\r\n', 'no reply of SMTP'],
    ['2500 OK\r\n', 'no reply of SMTP'],
    ['150 OK\r\n', 'no reply of SMTP'],
    ['HTTP/1.1 400 Bad Request\r\n', 'no reply of SMTP'],
    ['250-one\r\n550 two\r\n', 'two codes'],
    ['2'.repeat(2_049), 'a line of over 2048 bytes'],
    [`250 ${'x'.repeat(2_048)}\r\n`, 'a line of over 2048 bytes'],
    ['250-x\r\n'.repeat(5_000), 'a reply of over 16384 bytes'],
  ])('is none when it is %j', (text, why) => {
    expect(read(text)[0]).toEqual({ is: 'nonsense', why: expect.stringContaining(why) as string });
  });

  it('is the same however it is cut', () => {
    const text = '220-one\r\n220 two\r\n250\r\n354 go\n550-a\r\n550-b\r\n550 c\r\n';
    const whole = read(text);
    expect(whole).toHaveLength(5);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (places) => {
        const reader = new ReplyReader();
        const readings: ReplyReading[] = [];
        const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
        for (const [index, at] of cuts.slice(1).entries()) {
          reader.take(Buffer.from(text.slice(cuts[index], at)));
          for (let next = reader.next(); next.is === 'reply'; next = reader.next()) readings.push(next);
        }
        expect(readings).toEqual(whole.slice(0, -1));
      }),
    );
  });
});

describe('what a server offers', () => {
  it('is read in any case and order, and the greeting is no offer', () => {
    const text = 'STARTTLS greets you\nsize 1000\n8bitmime\nSMTPUTF8\nAUTH PLAIN';
    expect(readExtensions({ code: 250, text })).toEqual({
      startTls: false,
      eightBitMime: true,
      smtpUtf8: true,
      size: { most: 1000 },
    });
    expect(readExtensions({ code: 250, text: 'x' })).toEqual(noExtensions);
  });

  it.each(['SIZE', 'SIZE 0', 'SIZE a', `SIZE ${'9'.repeat(40)}`])('has no limit of size in %s', (line) => {
    expect(readExtensions({ code: 250, text: `x\n${line}` }).size).toEqual({ most: Number.POSITIVE_INFINITY });
  });
});

describe('the name of a message at another server', () => {
  it.each([
    ['2.0.0 Ok: queued as 5D665224E7C', '5D665224E7C'],
    ['2.0.0 Ok: queued as 4Zb8Qf3yXyz9sWH', '4Zb8Qf3yXyz9sWH'],
    ['OK id=1tABCd-000000012Ab-3cDe', '1tABCd-000000012Ab-3cDe'],
    ['2.0.0 58LCnKk4012345 Message accepted for delivery', '58LCnKk4012345'],
    ['2.0.0: 8a3b1c2d Message accepted for delivery', '8a3b1c2d'],
    [
      '2.0.0 OK  1769342345 a640c23a62f3a-b8842c0ab12si1234.56 - gsmtp',
      '1769342345 a640c23a62f3a-b8842c0ab12si1234.56',
    ],
    ['2.6.0 <a@b> [InternalId=123456, Hostname=X] 1 bytes Queued mail for delivery', '123456'],
    ['ok 1769342345 qp 12345', '12345'],
    ['Message queued as A.1', 'A.1'],
    ['2.0.0 Ok', undefined],
    ['Queued mail for delivery', undefined],
    [`queued as ${'x'.repeat(200)}`, undefined],
  ])('in %j is %j', (text, id) => {
    expect(remoteQueueId({ code: 250, text })).toBe(id);
  });

  it('is looked for in linear time', () => {
    const started = performance.now();
    for (const word of ['queued ', 'queued: ', 'queued as ', 'id=', 'a', ' ', '2.0.0 OK a ']) {
      remoteQueueId({ code: 250, text: word.repeat(16_384 / word.length) });
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
