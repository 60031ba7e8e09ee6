import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMailAddress, readSender } from '../../../src/lib/probe/relay/mail-address.ts';
import { peerText } from '../../../src/lib/text/peer-text.ts';

describe('an address is said', () => {
  it.each([
    ['user@example.test', 'user@example.test', 'example.test'],
    ['User+tag@EXAMPLE.Test', 'User+tag@example.test', 'example.test'],
    ['user@example.test.', 'user@example.test', 'example.test'],
    ['"a b"@example.test', '"a b"@example.test', 'example.test'],
    ['"<a>@b"@example.test', '"<a>@b"@example.test', 'example.test'],
    ['"a\\"b"@example.test', '"a\\"b"@example.test', 'example.test'],
    ['""@example.test', '""@example.test', 'example.test'],
    ['a..b@example.test', 'a..b@example.test', 'example.test'],
    ['u%other.test@example.test', 'u%other.test@example.test', 'example.test'],
    ['user@[192.0.2.1]', 'user@[192.0.2.1]', '[192.0.2.1]'],
    ['user@[ipv6:2001:DB8:0::1]', 'user@[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]'],
    ['user@[IPv6:::FFFF:127.0.0.1]', 'user@[IPv6:::ffff:127.0.0.1]', '[IPv6:::ffff:127.0.0.1]'],
    ['user@bücher.test', 'user@xn--bcher-kva.test', 'xn--bcher-kva.test'],
  ])('%s as %s', (given, said, domain) => {
    expect(readMailAddress(given)).toEqual({ is: 'address', address: { given, said, domain, needsSmtpUtf8: false } });
  });

  it('with SMTPUTF8 when its local part is not in ASCII', () => {
    expect(readMailAddress('jürgen@bücher.test')).toMatchObject({
      address: { said: 'jürgen@xn--bcher-kva.test', needsSmtpUtf8: true },
    });
  });

  it('as the null sender where there is none, and never as a recipient', () => {
    expect(readSender('')).toMatchObject({ address: { given: '', said: '' } });
    expect(readMailAddress('')).toMatchObject({ is: 'refused' });
  });
});

describe('an address is refused', () => {
  it.each([
    'user',
    '@example.test',
    'user@',
    'user@ ',
    'a b@example.test',
    ' user@example.test',
    'user@example.test ',
    'user@exa mple.test',
    'user\r\nRCPT TO:<victim@example.net>@example.test',
    'user\r@example.test',
    'user\n@example.test',
    'user\0@example.test',
    'user\t@example.test',
    'user\x7f@example.test',
    'user\x85@example.test',
    'user\u2028@example.test',
    'user\u00a0x@example.test',
    '"a\tb"@example.test',
    '"a\r\nb"@example.test',
    '"a\\\r\nb"@example.test',
    'us<er@example.test',
    'us>er@example.test',
    'user@example.test>',
    'user@example.test> SIZE=1',
    '<user@example.test>',
    '"user@example.test',
    '"a"b@example.test',
    'a"b"@example.test',
    '"a\\"@example.test',
    'a\\ b@example.test',
    'user@one.test@two.test',
    '@one.test:user@two.test',
    '@one.test,@two.test:user@three.test',
    'a,b@example.test',
    'user@127.0.0.1',
    'user@2130706433',
    'user@[127.0.0.1',
    'user@[2130706433]',
    'user@[127.1]',
    'user@[::1]',
    'user@[IPv6:fe80::1%eth0]',
    'user@[IPv6:127.0.0.1]',
    'user@-example.test',
    'user@exa_mple..test',
    'user@example.test/path',
    'user@example.test?x',
    'user@%65xample.test',
    `${'a'.repeat(242)}@example.test`,
    `a@${'b'.repeat(64)}.test`,
    peerText(Buffer.from('us\xffer@example.test', 'latin1')),
  ])('when it is %j', (given) => {
    expect(readMailAddress(given)).toMatchObject({ is: 'refused' });
    expect(readSender(given)).toMatchObject({ is: 'refused' });
  });

  it('beyond 254 bytes and not before', () => {
    const domain = `${'b'.repeat(60)}.test`;
    const long = (bytes: number) => `${'a'.repeat(bytes - domain.length - 1)}@${domain}`;
    expect(readMailAddress(long(254)).is).toBe('address');
    expect(readMailAddress(long(255)).is).toBe('refused');
    expect(readMailAddress(`ü${long(253)}`).is).toBe('refused');
  });
});

describe('whatever the address', () => {
  const part = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        '@',
        '"',
        '\\',
        '<',
        '>',
        ' ',
        '\r',
        '\n',
        '\0',
        '.',
        '[',
        ']',
        ':',
        ',',
        'a',
        'b.test',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );

  it('what is said is one path of one command, with the domain that was judged', () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
        fc.constantFrom('', '@b.test'),
        (start, end) => {
          const reading = readMailAddress(start + end);
          if (reading.is === 'refused') return;
          const { said, domain } = reading.address;
          expect(said).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
          const unquoted = said.replace(/^"(?:[^"\\]|\\.)*"/, '');
          expect(unquoted).not.toMatch(/[\s<>"\\]/);
          expect(unquoted.split('@')).toHaveLength(2);
          expect(said.endsWith(`@${domain}`)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
