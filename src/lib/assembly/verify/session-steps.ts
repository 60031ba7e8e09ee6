import type { MailboxSession } from '../../mailbox/session.ts';
import { MailboxFault } from '../../mailbox/mailbox-fault.ts';
import type { MailboxAccess } from '../../mailbox/access.ts';
import type { Reached } from '../steps/reach-steps.ts';
import { Skip, StepFault, type Step } from '../steps/step.ts';
import { accessTo, type Login, type Target } from './target.ts';

/** A session that one step opens and the next ones use. */
export interface Opened<Session extends MailboxSession> {
  session: Session | undefined;
}

export function openedOf<Session extends MailboxSession>({ session }: Opened<Session>): Session {
  if (session === undefined) throw new Error('a step is tried before there is a session');
  return session;
}

interface LogIn<Session extends MailboxSession> {
  readonly protocol: 'imap' | 'pop3';
  readonly open: (access: MailboxAccess, signal: AbortSignal) => Promise<Session>;
  readonly reached: Reached;
  readonly opened: Opened<Session>;
}

export function logInStep<Session extends MailboxSession>(
  name: string,
  target: Target,
  login: Login,
  { protocol, open, reached, opened }: LogIn<Session>,
): Step {
  return {
    name,
    needed: 'by the rest',
    async run(signal) {
      reached.socket?.destroy();
      const session = await orStepFault(() => open(accessTo(target, login, protocol), signal));
      opened.session = session;
      const how = session.tls === undefined ? 'without TLS' : `in ${session.tls.version} (${session.tls.cipher})`;
      return `${login.user} is let in, ${how}`;
    },
  };
}

/** Where no password is known nothing is wrong, and nothing more can be tried. */
export function noLogin(name: string): Step {
  return {
    name,
    needed: 'by itself',
    async run() {
      throw new Skip('no password is known; --user and --password-file give one');
    },
  };
}

export async function orStepFault<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MailboxFault)) throw error;
    throw new StepFault(error.message, fixes[error.kind] ?? fixes.other, { cause: error });
  }
}

const fixes: Readonly<Partial<Record<MailboxFault['kind'], string>>> & { readonly other: string } = {
  credentials: 'Check user and password: "doveadm auth test USER" asks Dovecot itself.',
  tls: 'Check port and --tls; name the CA of the certificate with --ca, or leave it unchecked with --insecure.',
  other: 'Look into the log of the server.',
};
