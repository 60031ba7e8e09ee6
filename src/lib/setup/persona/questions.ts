import type { AnyOccasion } from '../../smtp/persona.ts';
import type { Contact } from './contact.ts';
import { ownAddress, ownName, type Question } from './question.ts';

/** All that can be asked without a message, once it is known on what footing. */
export function questionsFor({ hello, from, toTls, mechanisms, wantsTlsForLogin }: Contact): readonly Question[] {
  const to = `RCPT TO:<${ownAddress}>`;
  const success = (occasion: AnyOccasion, ...lines: readonly string[]) => ask('success', occasion, lines);
  const refusal = (occasion: AnyOccasion, ...lines: readonly string[]) => ask('refusal', occasion, lines);
  const any = (occasion: AnyOccasion, ...lines: readonly string[]) => ask('any', occasion, lines);
  return [
    refusal('ehloSyntax', 'EHLO'),
    success('helo', `HELO ${ownName}`),
    refusal('heloSyntax', 'HELO'),
    success('noop', hello, 'NOOP'),
    success('rset', hello, 'RSET'),
    refusal('rsetSyntax', hello, 'RSET now'),
    success('quit', hello, 'QUIT'),
    any('help', hello, 'HELP'),
    { ...any('vrfy', hello, 'VRFY postmaster'), argument: 'postmaster' },
    refusal('vrfySyntax', hello, 'VRFY'),
    { ...any('expn', hello, 'EXPN postmaster'), argument: 'postmaster' },
    { ...any('etrn', hello, 'ETRN example.net'), argument: 'example.net' },
    refusal('etrnSyntax', hello, 'ETRN'),
    refusal('unknown', hello, 'FROBNICATE'),
    refusal('emptyLine', hello, ''),
    refusal('notAuthorised', hello, 'XCLIENT NAME=spike.example.net'),
    refusal('mailNeedsHelo', from),
    refusal('mailSyntax', hello, 'MAIL FROM:'),
    refusal('mailMalformed', hello, 'MAIL FROM:<a b@example.net>'),
    refusal('mailNested', hello, from, from),
    refusal('unsupportedOption', hello, `${from} FOO=1`),
    refusal('sizeExceeded', hello, `${from} SIZE=999999999999`),
    refusal('dataNeedsRcpt', hello, from, 'DATA'),
    refusal('rcptNeedsMail', hello, to),
    refusal('rcptSyntax', hello, from, 'RCPT TO:'),
    refusal('rcptMalformed', hello, from, 'RCPT TO:<a b@example.net>'),
    refusal('dataNeedsMail', hello, 'DATA'),
    refusal('chunkNeedsMail', hello, 'BDAT 0 LAST'),
    refusal('chunkSyntax', hello, 'BDAT x'),
    refusal('startTlsSyntax', hello, 'STARTTLS now'),
    ...(toTls === undefined
      ? []
      : [success('startTls', hello, 'STARTTLS'), refusal('startTlsTwice', ...toTls, 'STARTTLS')]),
    ...(wantsTlsForLogin ? [refusal('authNeedsTls', hello, 'AUTH LOGIN')] : []),
    ...loginQuestions(),
    any('notSmtp', 'GET / HTTP/1.0'),
  ];

  function loginQuestions(): readonly Question[] {
    if (mechanisms.length === 0) return [];
    const secure = wantsTlsForLogin ? toTls! : [];
    const begin = `AUTH ${mechanisms.includes('LOGIN') ? 'LOGIN' : mechanisms[0]}`;
    return [
      refusal('authSyntax', ...secure, hello, 'AUTH'),
      refusal('authMechanism', ...secure, hello, 'AUTH FROBNICATE'),
      refusal('authAborted', ...secure, hello, begin, '*'),
      refusal('authNeedsEhlo', ...secure, begin),
    ];
  }
}

function ask(expects: Question['expects'], occasion: AnyOccasion, lines: readonly string[]): Question {
  return { occasion, lines, expects };
}
