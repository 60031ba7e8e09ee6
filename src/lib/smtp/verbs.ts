import type { PeerText } from '../capture/capture.ts';
import { auth } from './verbs/auth.ts';
import { bdat, data } from './verbs/content.ts';
import { mail, rcpt } from './verbs/envelope.ts';
import { ehlo, helo, lhlo } from './verbs/introduction.ts';
import { etrn, expn, help, vrfy } from './verbs/questions.ts';
import { startTls } from './verbs/start-tls.ts';
import { untrusted } from './verbs/xclient.ts';
import { xforward } from './verbs/xforward.ts';
import type { Dialogue } from './dialogue.ts';

export type Verb = (dialogue: Dialogue, argument: PeerText) => void;

/** A language of the SMTP family: its commands, and how often the end of a message is answered. */
export interface Dialect {
  readonly verbs: ReadonlyMap<string, Verb>;
  readonly answers: 'once' | 'perRecipient';
}

// What is missing in these tables is unknown to every persona; the rest it may still leave unknown by having no reply.
const common: readonly (readonly [string, Verb])[] = [
  ['MAIL', mail],
  ['RCPT', rcpt],
  ['DATA', data],
  ['BDAT', bdat],
  ['AUTH', auth],
  ['STARTTLS', startTls],
  ['VRFY', vrfy],
  ['EXPN', expn],
  ['HELP', help],
  ['NOOP', (dialogue) => dialogue.say('noop')],
  [
    'RSET',
    (dialogue, argument) => {
      if (argument !== '') return dialogue.say('rsetSyntax');
      const ruled = dialogue.ask('rset');
      if (ruled === 'refused') return;
      dialogue.reset();
      if (ruled === 'asUsual') dialogue.say('rset');
    },
  ],
  [
    'QUIT',
    (dialogue) => {
      dialogue.say('quit');
      dialogue.close('quit');
    },
  ],
];

export const smtp: Dialect = {
  verbs: new Map<string, Verb>([
    ['HELO', helo],
    ['EHLO', ehlo],
    ...common,
    ['ETRN', etrn],
    ['XCLIENT', untrusted('XCLIENT')],
    ['XFORWARD', untrusted('XFORWARD')],
  ]),
  answers: 'once',
};

/** RFC 2033: another greeting, and each accepted recipient has an answer of its own. */
export const lmtp: Dialect = {
  verbs: new Map<string, Verb>([['LHLO', lhlo], ...common, ['XFORWARD', xforward]]),
  answers: 'perRecipient',
};
