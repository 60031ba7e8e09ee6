import { setTimeout } from 'node:timers/promises';
import { MailboxFault } from '../../mailbox/mailbox-fault.ts';
import { openImap, type ImapSession } from '../../mailbox/imap/open-imap.ts';
import { Skip, StepFault, type Examination, type Step } from '../steps/step.ts';
import { findMarked } from './find-marked.ts';
import { gtube, testLetter, type TestLetter } from './letters.ts';
import { logInStep, openedOf, orStepFault, type Opened } from './session-steps.ts';
import { send } from './smtp-steps.ts';
import { SmtpTalk } from './smtp-talk.ts';
import { placeOf, type Login, type Target } from './target.ts';

export interface MailServerTargets {
  /** Where other servers deliver. */
  readonly smtp: Target;
  /** Where users send, with their password. */
  readonly submission: Target;
  readonly imap: Target;
  /** Of a user, by address. */
  readonly login: Login;
  /** Whether anything says what is spam. */
  readonly spam: 'filtered' | 'not filtered';
}

/** How long a message may take from the last dot to its folder. */
const patience = 30_000;
const pause = 250;

/** Mail from outside and from users comes to the folder where it belongs. */
export function deliverySteps(targets: MailServerTargets): Examination {
  const opened: Opened<ImapSession> = { session: undefined };
  const { user } = targets.login;
  const [local, domain] = user.split('@') as [string, string];
  const stranger = 'somebody@verify.invalid';
  const arrives = (name: string, folder: string, to: string, text?: string): Step => ({
    name,
    needed: 'by itself',
    async run(signal) {
      const letter = testLetter({ from: stranger, to, ...(text !== undefined && { text }) });
      await sendFromOutside(targets.smtp, letter, { from: stranger, to }, signal);
      const ms = await awaitIn(openedOf(opened), folder, letter, signal);
      return `mail to ${to} is in ${folder} after ${ms} ms`;
    },
  });
  return {
    steps: [
      logInStep('look into the mailbox', targets.imap, targets.login, {
        protocol: 'imap',
        open: openImap,
        reached: { socket: undefined },
        opened,
      }),
      arrives('delivery', 'INBOX', user),
      arrives('detail', 'Work', `${local}+work@${domain}`),
      targets.spam === 'filtered' ? arrives('spam', 'Junk', user, gtube) : notFiltered,
      submissionStep(targets, opened),
      forgeryStep(targets),
    ],
    close: () => opened.session?.abandon(),
  };
}

const notFiltered: Step = {
  name: 'spam',
  needed: 'by itself',
  async run() {
    throw new Skip('no filter is asked (--milter), so that nothing is marked');
  },
};

async function sendFromOutside(
  target: Target,
  letter: TestLetter,
  envelope: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<void> {
  const talk = await SmtpTalk.open(placeOf(target), signal);
  try {
    await talk.hear();
    await talk.ask('EHLO verify.invalid');
    await send(talk, letter, envelope);
    await talk.leave();
  } finally {
    talk.drop();
  }
}

function submissionStep({ submission, login }: MailServerTargets, opened: Opened<ImapSession>): Step {
  const { user } = login;
  return {
    name: 'submission',
    needed: 'by itself',
    run: (signal) =>
      loggedIn(submission, login, signal, async (talk) => {
        const letter = testLetter({ from: user, to: user });
        await send(talk, letter, { from: user, to: user });
        await awaitIn(openedOf(opened), 'INBOX', letter, signal);
        return `${user} sends under that address, and it arrives`;
      }),
  };
}

function forgeryStep({ submission, login }: MailServerTargets): Step {
  const { user } = login;
  const forged = `somebody-else@${user.slice(user.indexOf('@') + 1)}`;
  return {
    name: 'no forged senders',
    needed: 'by itself',
    run: (signal) =>
      loggedIn(submission, login, signal, async (talk) => {
        const mail = await talk.ask(`MAIL FROM:<${forged}>`);
        // Postfix tells the sender of its mistake with the recipient.
        const reply = mail.code === 250 ? await talk.ask(`RCPT TO:<${user}>`) : mail;
        if (reply.code >= 500) return `${user} may not send as ${forged}: ${reply.code} ${reply.lines.join(' ')}`;
        throw new StepFault(
          `${user} may send as ${forged}`,
          'Set reject_sender_login_mismatch and the map of senders.',
        );
      }),
  };
}

async function loggedIn(
  target: Target,
  { user, password }: Login,
  signal: AbortSignal,
  use: (talk: SmtpTalk) => Promise<string>,
): Promise<string> {
  const talk = await SmtpTalk.open(placeOf(target), signal);
  try {
    await talk.hear();
    await talk.ask('EHLO verify.invalid');
    if (target.security === 'starttls') {
      const { code } = await talk.ask('STARTTLS');
      if (code !== 220) throw new StepFault('the submission port offers no TLS', 'Set a certificate there.');
      await talk.startTls(target.tls);
      await talk.ask('EHLO verify.invalid');
    }
    const word = Buffer.from(`\0${user}\0${password}`).toString('base64');
    const { code, lines } = await talk.ask(`AUTH PLAIN ${word}`);
    if (code !== 235) throw new StepFault(`the login is refused: ${code} ${lines.join(' ')}`, 'Check the password.');
    return await use(talk);
  } finally {
    talk.drop();
  }
}

/** Resolves with the milliseconds it took; the message is taken away again. */
async function awaitIn(
  session: ImapSession,
  folder: string,
  { mark }: TestLetter,
  signal: AbortSignal,
): Promise<number> {
  const sentAt = performance.now();
  for (;;) {
    const uid = await orStepFault(() => find(session, folder, mark));
    if (uid !== undefined) return Math.round(performance.now() - sentAt);
    if (performance.now() - sentAt > patience) {
      throw new StepFault(`it does not come into ${folder}`, 'Look into the logs of Postfix and Dovecot, and "mailq".');
    }
    await setTimeout(pause, undefined, { signal });
  }
}

async function find(session: ImapSession, name: string, mark: string): Promise<string | undefined> {
  try {
    const folder = await session.open(name, 'acting');
    const found = await findMarked(folder, mark);
    if (found) await folder.act([found.uid], { kind: 'delete' });
    return found?.uid;
  } catch (error) {
    // A folder that is made when mail for it comes.
    if (error instanceof MailboxFault && error.kind === 'refused') return undefined;
    throw error;
  }
}
