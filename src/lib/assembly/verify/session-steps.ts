import type { MailboxSession } from '../../mailbox/session.ts';
import { MailboxFault } from '../../mailbox/mailbox-fault.ts';
import { StepFault } from '../steps/step.ts';
import { accessTo, type Target } from './target.ts';

/** A session that one step opens and the next ones use. */
export interface Opened<Session extends MailboxSession> {
  session: Session | undefined;
}

export function openedOf<Session extends MailboxSession>({ session }: Opened<Session>): Session {
  if (session === undefined) throw new Error('a step is tried before there is a session');
  return session;
}

export async function logIn<Session extends MailboxSession>(
  target: Target,
  protocol: 'imap' | 'pop3',
  open: (access: ReturnType<typeof accessTo>, signal: AbortSignal) => Promise<Session>,
  signal: AbortSignal,
): Promise<Session> {
  return orStepFault(() => open(accessTo(target, target.login!, protocol), signal));
}

export function welcome({ tls }: MailboxSession, user: string): string {
  const how = tls === undefined ? 'without TLS' : `in ${tls.version} (${tls.cipher})`;
  return `${user} is let in, ${how}`;
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
