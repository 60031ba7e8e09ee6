import fc, { type Arbitrary } from 'fast-check';
import { bytes } from '../support/hostile-fuzz.ts';

const verbs = (
  'HELO EHLO LHLO MAIL RCPT DATA BDAT AUTH STARTTLS VRFY EXPN HELP NOOP RSET QUIT ETRN XCLIENT XFORWARD GET ' +
  'POST CONNECT Subject: X'
).split(' ');

const paths = fc.constantFrom(
  '<a@b>',
  '<>',
  'a@b',
  ' <a@b> ',
  '<"a b"@c>',
  '<"a@b">',
  '<@r:u@d>',
  '<u%d@h>',
  '<d!u>',
  '<u@d@s>',
  '<\xc3\xa4@\xc3\xb6>',
  '<\xff@x>',
  '<a\\>b@c>',
  '<a',
  'a>',
  '<<a>>',
  '<a@b> SIZE=1',
  '<a@b> SIZE=99999999999999999999',
  '<a@b> BODY=8BITMIME SMTPUTF8',
  '<a@b> NOTIFY=NEVER',
  '<a@b> FOO=1',
  '<a@b>x',
  '<a\rb@c>',
  '<a\0b@c>',
);

const words = fc.constantFrom(
  '',
  'x',
  '3',
  '0',
  '0 LAST',
  '5 LAST',
  '1 last',
  '-1',
  '+5',
  '0x5',
  '999999999999999',
  '1000000000000000',
  '9007199254740993',
  'PLAIN AGEAYg==',
  'PLAIN',
  'PLAIN =',
  'LOGIN',
  'LOGIN YQ==',
  'CRAM-MD5',
  'XOAUTH2',
  'NTLM',
  'a\rb',
  '\xff',
  'NAME=a ADDR=1.2.3.4',
  'NAME=+0D+0A',
);

/** Whole commands and parts of some, such as a peer may send that knows the protocol. */
export const fragment: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...verbs), words).map(([verb, word]) => `${verb} ${word}\r\n`) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('MAIL FROM:', 'RCPT TO:', 'rcpt to:', 'mail FROM :'), paths)
      .map(([start, path]) => `${start}${path}\r\n`),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'EHLO me\r\n',
      'LHLO me\r\n',
      'MAIL FROM:<a@b>\r\n',
      'RCPT TO:<c@d>\r\n',
      'DATA\r\n',
      '.\r\n',
      '\r\n.\r\n',
      'BDAT 3\r\nabc',
      'BDAT 2 LAST\r\nxy',
      'AUTH LOGIN\r\nYQ==\r\nYg==\r\n',
      '*\r\n',
      '\r\n',
      '\n',
      '\r',
      '.',
      '..\r\n',
      '\n.\n',
      '\r.\r',
      'RSET\r\n',
    ),
  },
  { weight: 2, arbitrary: bytes(40) },
  { weight: 1, arbitrary: fc.nat(1_200).map((length) => 'A'.repeat(length)) },
  { weight: 1, arbitrary: fc.nat(120).map((length) => `${'h'.repeat(length)}\r\n`) },
);

export const script: Arbitrary<string> = fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join(''));
