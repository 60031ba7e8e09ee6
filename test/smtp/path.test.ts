import { describe, expect, it } from 'vitest';
import { parsePath } from '../../src/lib/smtp/path.ts';

const D = 'example.net';
const S = 'mail.example.test';
const I = '192.0.2.25';

describe('a path', () => {
  // The forms with which scanners test whether a server relays; a server that really does takes all of them.
  it.each([
    `u@${D}`,
    `u%${D}@[${I}]`,
    `u%${D}@${S}`,
    `"u@${D}"`,
    `"u%${D}"`,
    `u@${D}@[${I}]`,
    `"u@${D}"@[${I}]`,
    `u@${D}@${S}`,
    `@[${I}]:u@${D}`,
    `@${S}:u@${D}`,
    `${D}!u`,
    `${D}!u@[${I}]`,
    `${D}!u@${S}`,
    '',
    'x',
    '"a b>c"@d',
    '"a\\"b"@d',
  ])('takes <%s> as it stands', (address) => {
    expect(parsePath(`<${address}>`)).toEqual({ address, parameters: [] });
  });

  it('takes an address without brackets, and blanks before it', () => {
    expect(parsePath('  a@b SIZE=1')).toEqual({ address: 'a@b', parameters: ['SIZE=1'] });
    expect(parsePath(' <a@b>  SIZE=1 BODY=8BITMIME ')).toEqual({
      address: 'a@b',
      parameters: ['SIZE=1', 'BODY=8BITMIME'],
    });
  });

  it.each(['<', '<a b@c>', '<a@b', '<a@b>x', '<a@b>,<c@d>', '<a;b@c>', '"a@b', '<"a@b>'])('refuses %s', (text) => {
    expect(parsePath(text)).toBe('malformed');
  });

  it.each(['<<a@b>>', '<a@b>>', 'a@b>', '< a@b >', '(comment)<a@b>'])('forgives %s, as Postfix does', (text) => {
    expect(parsePath(text)).toEqual({ address: 'a@b', parameters: [] });
  });

  it('tells a missing one from a bad one', () => {
    expect(parsePath('  ')).toBe('missing');
  });
});
