import type { TLSSocket } from 'node:tls';
import { Skip, StepFault, type Examination, type Step } from '../steps/step.ts';
import { certificateFacts } from './certificate-facts.ts';
import { testLetter, type TestLetter } from './letters.ts';
import { SmtpTalk, type Reply } from './smtp-talk.ts';
import { placeOf, type Target } from './target.ts';

export interface SmtpWishes {
  readonly from: string;
  /** To whom a message is sent; undefined sends none. */
  readonly to: string | undefined;
  /** Somebody to whom this server must not send, whoever asks. */
  readonly stranger: string;
}

interface Talking {
  talk: SmtpTalk | undefined;
}

/** The session of the guides: EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA. And no relay for strangers. */
export function smtpSteps(target: Target, wishes: SmtpWishes): Examination {
  const talking: Talking = { talk: undefined };
  return {
    steps: [
      openStep(target, talking),
      greetStep(talking),
      tlsStep(target, talking),
      strangerStep(talking, wishes),
      loginStep(target, talking),
      deliverStep(talking, wishes),
    ],
    close: () => talking.talk?.drop(),
  };
}

function openStep(target: Target, talking: Talking): Step {
  return {
    name: 'connect',
    needed: 'by the rest',
    async run(signal) {
      talking.talk = await SmtpTalk.open(placeOf(target), signal);
      const greeting = expectCode(await talking.talk.hear(), [220], 'the greeting');
      return `it greets with ${greeting.lines.at(-1)}`;
    },
  };
}

function greetStep(talking: Talking): Step {
  return {
    name: 'EHLO',
    needed: 'by the rest',
    async run() {
      const { lines } = expectCode(await talkOf(talking).ask('EHLO verify.invalid'), [250], 'EHLO');
      return `it offers ${lines.slice(1).join(', ') || 'nothing'}`;
    },
  };
}

function tlsStep({ security, tls }: Target, talking: Talking): Step {
  return {
    name: 'TLS',
    needed: 'by the rest',
    async run() {
      const talk = talkOf(talking);
      if (security === 'none') throw new Skip('not asked for');
      if (security === 'starttls') {
        expectCode(await talk.ask('STARTTLS'), [220], 'STARTTLS');
        await talk.startTls(tls);
        expectCode(await talk.ask('EHLO verify.invalid'), [250], 'EHLO');
      }
      return certificateFacts(talk.socket as TLSSocket);
    },
  };
}

function strangerStep(talking: Talking, { stranger }: SmtpWishes): Step {
  return {
    name: 'no relay for strangers',
    needed: 'by itself',
    async run() {
      const talk = talkOf(talking);
      const mail = await talk.ask('MAIL FROM:<somebody@verify.invalid>');
      const reply = mail.code === 250 ? await talk.ask(`RCPT TO:<${stranger}>`) : mail;
      await talk.ask('RSET');
      if (reply.code >= 400) return `mail to ${stranger} is refused: ${shown(reply)}`;
      throw new StepFault(
        `it would send mail of strangers to ${stranger}`,
        'Whoever finds it sends spam through it. Stop it, and set reject_unauth_destination.',
      );
    },
  };
}

function loginStep({ login, security }: Target, talking: Talking): Step {
  return {
    name: 'AUTH',
    needed: 'by the rest',
    async run() {
      if (login === undefined) throw new Skip('no --user was given');
      if (security === 'none') throw new Skip('no password is sent without TLS');
      const word = Buffer.from(`\0${login.user}\0${login.password}`).toString('base64');
      expectCode(await talkOf(talking).ask(`AUTH PLAIN ${word}`), [235], 'the login');
      return `${login.user} is let in`;
    },
  };
}

function deliverStep(talking: Talking, { from, to }: SmtpWishes): Step {
  return {
    name: 'MAIL, RCPT, DATA',
    needed: 'by itself',
    async run() {
      if (to === undefined) throw new Skip('no --to was given');
      return `it takes a message to ${to}: ${shown(await send(talkOf(talking), testLetter({ from, to }), { from, to }))}`;
    },
  };
}

/** Resolves with what the server said when it had the message. */
export async function send(
  talk: SmtpTalk,
  { bytes }: TestLetter,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Reply> {
  expectCode(await talk.ask(`MAIL FROM:<${from}>`), [250], 'the sender');
  expectCode(await talk.ask(`RCPT TO:<${to}>`), [250, 251], 'the recipient');
  expectCode(await talk.ask('DATA'), [354], 'DATA');
  // No line of ours begins with a dot.
  return expectCode(await talk.ask(`${bytes.toString('latin1')}.`), [250], 'the message');
}

function talkOf({ talk }: Talking): SmtpTalk {
  if (talk === undefined) throw new Error('a step is tried before there is a connection');
  return talk;
}

function expectCode(reply: Reply, codes: readonly number[], what: string): Reply {
  if (codes.includes(reply.code)) return reply;
  throw new StepFault(`${what} is refused: ${shown(reply)}`, 'Look into the log of the server.');
}

function shown({ code, lines }: Reply): string {
  return `${code} ${lines.join(' ')}`;
}
