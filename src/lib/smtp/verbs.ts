import type { PeerText } from '../capture/capture.ts';
import type { Dialogue } from './dialogue.ts';
import { Transaction } from './transaction.ts';

type Verb = (dialogue: Dialogue, argument: PeerText) => void;

/** Every command that is understood. What is missing here is unknown to the persona as well. */
export const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  [
    'HELO',
    (dialogue, argument) => {
      if (argument === '') return dialogue.refuse('heloSyntax');
      dialogue.introduce('SMTP', argument);
      dialogue.say('helo');
    },
  ],
  [
    'EHLO',
    (dialogue, argument) => {
      if (argument === '') return dialogue.refuse('ehloSyntax');
      dialogue.introduce('ESMTP', argument);
      dialogue.sayFeatures();
    },
  ],
  ['MAIL', mail],
  ['RCPT', rcpt],
  ['DATA', data],
  [
    'RSET',
    (dialogue, argument) => {
      if (argument !== '') return dialogue.refuse('rsetSyntax');
      dialogue.reset();
      dialogue.say('rset');
    },
  ],
  ['NOOP', (dialogue) => dialogue.say('noop')],
  [
    'VRFY',
    (dialogue, argument) => {
      const words = argument.split(/[ \t]+/);
      if (argument === '' || words.length > 2) return dialogue.refuse('vrfySyntax');
      dialogue.say('vrfy', { argument: words[0]! });
    },
  ],
  [
    'ETRN',
    (dialogue, argument) => {
      if (argument === '' || /[ \t]/.test(argument)) return dialogue.refuse('etrnSyntax');
      dialogue.refuse('etrn', { argument });
    },
  ],
  [
    'QUIT',
    (dialogue) => {
      dialogue.say('quit');
      dialogue.close('quit');
    },
  ],
  ['AUTH', (dialogue) => dialogue.refuse('authDisabled')],
  ['STARTTLS', (dialogue) => dialogue.refuse('notImplemented')],
  ['BDAT', (dialogue) => dialogue.refuse('notImplemented')],
  ['XCLIENT', (dialogue) => dialogue.refuse('notAuthorised')],
  ['XFORWARD', (dialogue) => dialogue.refuse('notAuthorised')],
]);

function mail(dialogue: Dialogue, argument: PeerText): void {
  if (dialogue.transaction) return dialogue.refuse('mailNested');
  if (dialogue.counts.messages >= dialogue.limits.messages) return dialogue.refuse('mailTooMuch');
  const begun = Transaction.begin(argument, dialogue.limits);
  if (!(begun instanceof Transaction)) return dialogue.refuse(begun.occasion, { option: begun.option ?? '' });
  dialogue.begin(begun);
  dialogue.say('mail');
}

function rcpt(dialogue: Dialogue, argument: PeerText): void {
  if (!dialogue.transaction) return dialogue.refuse('rcptNeedsMail');
  const { occasion, option = '' } = dialogue.transaction.addRecipient(argument, dialogue.limits);
  if (occasion === 'rcpt') dialogue.say('rcpt');
  else dialogue.refuse(occasion, { option });
}

function data(dialogue: Dialogue, argument: PeerText): void {
  const { transaction } = dialogue;
  if (!transaction?.to.length) return dialogue.refuse(transaction?.hasRefused ? 'dataNoValidRcpt' : 'dataNeedsRcpt');
  if (argument !== '') return dialogue.refuse('dataSyntax');
  dialogue.say('data');
  dialogue.expectContent();
}
