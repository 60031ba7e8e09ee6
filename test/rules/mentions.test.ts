import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSpellings } from '../../src/lib/rules/mentions/address-spellings.ts';
import { hostSpellings } from '../../src/lib/rules/mentions/host-spellings.ts';
import { triedSpellings } from '../../src/lib/rules/mentions/tried.ts';

const four = addressSpellings(['192.168.1.1']);
const six = addressSpellings(['2001:db8::c0a8:101']);
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

describe('an own IPv4 address is found', () => {
  it.each([
    ['192.168.1.1', 'as it is'],
    ['[192.168.1.1]', 'as it is'],
    ['192.168.1.1:25', 'as it is'],
    ['BC_192.168.1.1.', 'as it is'],
    ['地址192.168.1.1号', 'as it is'],
    ['192.168.001.001', 'as it is'],
    ['mail.192.168.1.1.example.net', 'as it is'],
    ['1.1.168.192', 'backwards'],
    ['1.1.168.192.in-addr.arpa', 'backwards'],
    ['192-168-1-1', 'with dashes'],
    ['ip-192-168-1-1.example.net', 'with dashes'],
    ['3232235777', 'as one decimal number'],
    ['http://3232235777/', 'as one decimal number'],
    ['0xC0A80101', 'as one hexadecimal number'],
    ['c0a80101', 'as one hexadecimal number'],
    ['C0A80101:0019', 'as one hexadecimal number'],
    ['C0A801010019', 'as one hexadecimal number with a port'],
    ['c0.a8.1.1', 'in hexadecimal'],
    ['C0.A8.01.01', 'in hexadecimal'],
    ['0xc0.0xa8.0x1.0x1', 'in octal or hexadecimal'],
    ['0300.0250.01.01', 'in octal or hexadecimal'],
    ['0300.0250.0001.0001', 'in octal or hexadecimal'],
    ['192=2E168=2E1=2E1', 'escaped'],
    ['192.168=\r\n.1.1', 'escaped'],
    ['=31=39=32.168.1.1', 'escaped'],
    ['192%2e168%2e1%2e1', 'escaped'],
    ['::ffff:192.168.1.1', 'as it is'],
    ['::ffff:c0a8:101', 'in another spelling'],
    [base64('192.168.1.1'), 'in base64'],
    [base64('x192.168.1.1').slice(4), undefined],
    [base64(' 192.168.1.1 '), 'in base64'],
    [base64('ip=192.168.1.1;'), 'in base64'],
    [`${base64('192.168.1.1')} and more`, 'in base64'],
    [base64('a'.repeat(50) + ' 192.168.1.1 ok').replace(/(.{72})/, '$1\r\n'), 'in base64'],
  ])('in %j %s', (text, form) => {
    expect(four.find(text)?.form).toBe(form);
    if (form !== undefined) expect(four.find(text)?.what).toBe('192.168.1.1');
  });

  it.each([
    '192.168.1.10',
    '192.168.1.11',
    '1192.168.1.1',
    '21.192.168.1.1',
    '192.168.1.1.5',
    'v192.168.1.1',
    '192.168.1.1a',
    '192.168.1',
    '192.168.1.1.168.192.5',
    '7.1.1.168.192',
    '0-192-168-1-1',
    '192-168-1-1-5',
    '32322357770',
    '13232235777',
    '0.3232235777',
    'ac0a80101',
    'c0a80101f',
    'c0.a8.1.1.f',
    base64('1192.168.1.1'),
    base64('192.168.1.15'),
    base64('21.192.168.1.1'),
    '19 2.168.1.1',
    '=31192.168.1.1',
  ])('and not in %j', (text) => {
    expect(four.find(text)).toBeUndefined();
  });

  it('and not where its form is another one in decimals or a date', () => {
    expect(addressSpellings(['16.32.48.64']).find('10.20.30.40')).toBeUndefined();
    expect(addressSpellings(['32.36.16.1']).find('on 20241001')).toBeUndefined();
    expect(addressSpellings(['1.2.3.4']).find('from 11.2.3.45')).toBeUndefined();
    expect(addressSpellings(['1.2.3.4']).find('from 1.2.3.4.5 or 21.2.3.4')).toBeUndefined();
  });
});

describe('an own IPv6 address is found', () => {
  it.each([
    ['2001:db8::c0a8:101', 'as it is'],
    ['[2001:db8::c0a8:101]:25', 'as it is'],
    ['[IPv6:2001:db8::c0a8:101]', 'as it is'],
    ['node:2001:db8::c0a8:101', 'as it is'],
    ['At 2001:db8::c0a8:101: hello', 'as it is'],
    ['See 2001:db8::c0a8:101.', 'as it is'],
    ['2001:DB8::C0A8:101', 'as it is'],
    ['2001:db8::192.168.1.1', 'in another spelling'],
    ['2001:0db8:0000:0000:0000:0000:c0a8:0101', 'in another spelling'],
    ['2001:db8:0:0:0:0:c0a8:101', 'in another spelling'],
    ['2001:db8:0::0:c0a8:101', 'in another spelling'],
    ['2001-db8--c0a8-101', 'in another spelling'],
    ['2001-0db8-0000-0000-0000-0000-c0a8-0101', 'in another spelling'],
    ['20010DB80000000000000000C0A80101', 'as one hexadecimal number'],
    ['1.0.1.0.8.a.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa', 'backwards'],
    [base64('x 2001:db8::c0a8:101'), 'in base64'],
    [base64('2001:0db8:0000:0000:0000:0000:c0a8:0101'), 'in base64'],
    ['2001:db8:=3Ac0a8:101', 'escaped'],
  ])('in %j %s', (text, form) => {
    expect(six.find(text)).toMatchObject({ what: '2001:db8::c0a8:101', form });
  });

  it.each([
    '2001:db8::c0a8:1011',
    '2001:db8::c0a8:101:5',
    'a2001:db8::c0a8:101',
    '1:2001:db8::c0a8:101',
    '12:34:56',
    '2001:db8::c0a8:102',
    '192.168.1.1',
    '10.1.0.8.a.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2',
  ])('and not in %j', (text) => {
    expect(six.find(text)).toBeUndefined();
  });
});

describe('an own host', () => {
  const host = hostSpellings(['Mail.Example.org.', 'localhost']);

  it.each([
    'mail.example.org',
    'MAIL.EXAMPLE.ORG',
    'relay test of mail.example.org.',
    'mail.example.org:587',
    'BC_mail.example.org',
    '...mail.example.org...',
    'https://mail.example.org/path',
    'mail=2Eexample=2Eorg',
    base64('to mail.example.org 25'),
    base64('MAIL.EXAMPLE.ORG'),
  ])('is found in %j', (text) => {
    expect(host.find(text)?.what).toBe('mail.example.org');
  });

  it.each([
    'notmail.example.org',
    'not-mail.example.org',
    'www.mail.example.org',
    'mail.example.org.example.net',
    'mail.example.organic',
    'user@mail.example.org',
    'example.org',
    'localhost',
    base64('xmail.example.org'),
  ])('is not found in %j', (text) => {
    expect(host.find(text)).toBeUndefined();
  });
});

describe('credentials that were tried', () => {
  const tried = [
    { mechanism: 'PLAIN', accepted: false, user: 'root', password: 'p4$$wörd' },
    { mechanism: 'LOGIN', accepted: true, user: 'a@b.example', password: 'abc' },
  ];
  const find = (text: string, target: 'tried-credentials' | 'tried-user' | 'tried-password' = 'tried-credentials') =>
    triedSpellings(tried, target).find(text)?.what;

  it('are found as whole words, as they are or in base64', () => {
    expect(find('host:25:root:x')).toBe('root');
    expect(find('with p4$$wörd!')).toBe('p4$$wörd');
    expect(find(Buffer.from('user root here').toString('base64'))).toBe('root');
    expect(find('a@b.example', 'tried-user')).toBe('a@b.example');
    expect(find('root', 'tried-password')).toBeUndefined();
    expect(find('p4$$wörd', 'tried-user')).toBeUndefined();
  });

  it('are not found within words, and not when they are short', () => {
    expect(find('uprooted roots')).toBeUndefined();
    expect(find('abc')).toBeUndefined();
    expect(find('ROOT')).toBeUndefined();
  });
});

const address = fc.ipV4().filter((text) => isIPv4(text) && Number(text.split('.')[0]) > 0);
const neighbour = fc.constantFrom('', ' ', '\n', '(', '"', '[', '=', '/', '_', '是', '<br>', '\0', ',', ' the ', ';;');

const forms: readonly ((address: string) => string)[] = [
  (text) => text,
  (text) => `[${text}]`,
  (text) => text.split('.').toReversed().join('.'),
  (text) => text.replaceAll('.', '-'),
  (text) => String(Buffer.from(text.split('.').map(Number)).readUInt32BE()),
  (text) => `0x${Buffer.from(text.split('.').map(Number)).toString('hex')}`,
  (text) =>
    text
      .split('.')
      .map((part) => `0${Number(part).toString(8)}`)
      .join('.'),
  (text) => text.replaceAll('.', '=2E'),
  (text) => base64(text),
  (text) => base64(`a ${text} z`),
  (text) => base64(` ${text}`),
  (text) => `::ffff:${text}`,
];

it('any own address is found in any form between any neighbours', () => {
  fc.assert(
    fc.property(address, fc.constantFrom(...forms), neighbour, neighbour, (text, write, before, behind) => {
      const found = addressSpellings([text]).find(`${before}${write(text)}${behind}`);
      expect(found?.what).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

it('an address that is not ours is never taken for ours', () => {
  fc.assert(
    fc.property(address, address, fc.constantFrom(...forms.slice(0, 2)), neighbour, (own, other, write, around) => {
      fc.pre(own !== other && own !== other.split('.').toReversed().join('.'));
      // What begins with a zero may be octal to one reader and decimal to another.
      expect(addressSpellings([own]).find(`${around}${write(other)}${around}`)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});

it('with another digit or number beside it, it is another address', () => {
  fc.assert(
    fc.property(address, fc.nat(255), fc.constantFrom('.', '-'), (own, more, separator) => {
      const text = own.replaceAll('.', separator);
      const spellings = addressSpellings([own]);
      for (const beside of [`${more}${separator}${text}`, `${text}${separator}${more}`]) {
        const quads = beside.split(separator);
        const windows = [quads.slice(0, 4).join('.'), quads.slice(1).join('.')];
        fc.pre(windows.filter((window) => window === own).length === 1);
        expect(spellings.find(beside)).toBeUndefined();
      }
    }),
    { numRuns: 500 },
  );
});
