import { foldersOf } from '../../collect/doorway.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { Fault } from '../../errors.ts';
import { MailboxFault, type MailboxTrouble } from '../../mailbox/mailbox-fault.ts';
import type { MailboxSession } from '../../mailbox/session.ts';
import { reachSteps, type Reached } from '../steps/reach-steps.ts';
import { Skip, StepFault, type Examination, type Step } from '../steps/step.ts';
import { openMailbox } from './open-mailbox.ts';

const fixes: Readonly<Record<MailboxTrouble, string>> = {
  resolve: 'Check the name, and the resolver of this machine.',
  connect: 'Check that the server runs, its address and port, and firewalls and proxies on the way.',
  tls: 'Check tls: (implicit, starttls or none) and the port; name the CA (ca) or the fingerprint (pin) of its certificate.',
  timeout: 'Check firewalls and the port: a server that waits for TLS says nothing to those who do not begin it.',
  credentials: 'Check username and password. Gmail and Microsoft take only tokens, others an app password.',
  throttled: 'Wait, and open fewer connections at once (connections, every).',
  refused: 'Read what the server says; mostly IMAP or POP3 has to be allowed for the account.',
  lost: 'Try again; if it stays so, look into the log of the server.',
  protocol: 'Check that it is a mail server of this protocol.',
};

/** What is to be tried of a mailbox. Nothing on the server is changed. */
export function mailboxSteps(mailbox: Mailbox): Examination {
  const { access } = mailbox;
  const reached: Reached = { socket: undefined };
  let session: MailboxSession | undefined;
  const place = { ...access, tls: access.security === 'implicit' ? access.tls : undefined };
  // Through a proxy the name is looked up there, and to connect to it from here would prove nothing.
  const way = access.proxy === undefined ? reachSteps(place, access.connectMs, reached).slice(0, 2) : [];
  const opened = () => session ?? fail();
  return {
    steps: [
      ...way,
      {
        name: 'log in',
        needed: 'by the rest',
        async run(signal) {
          reached.socket?.destroy();
          session = await orStepFault(() => openMailbox(access, signal));
          return `${access.username} is let in, ${tlsText(session)}`;
        },
      },
      pushStep(opened, mailbox),
      foldersStep(opened, mailbox),
      actionStep(opened, mailbox),
    ],
    close() {
      reached.socket?.destroy();
      session?.abandon();
    },
  };
}

function pushStep(opened: () => MailboxSession, { watch, everyMs, access }: Mailbox): Step {
  return {
    name: 'new mail',
    needed: 'by itself',
    async run() {
      const every = `${Math.round(everyMs / 1000)} s`;
      if (access.protocol === 'pop3') throw new Skip(`POP3 does not tell of new mail; it is visited every ${every}`);
      if (!opened().features.push) throw new Skip(`the server has no IDLE; it is asked again and again`);
      return watch === 'idle'
        ? 'the server tells of it at once (IDLE)'
        : `the server could tell; it is visited every ${every}`;
    },
  };
}

function foldersStep(opened: () => MailboxSession, mailbox: Mailbox): Step {
  return {
    name: 'folders',
    needed: 'by the rest',
    run: () =>
      orStepFault(async () => {
        const { chosen, missing } = await foldersOf(mailbox, opened());
        const found: string[] = [];
        for (const name of chosen) {
          const folder = await opened().open(name, 'reading');
          const since = mailbox.within === undefined ? undefined : new Date(Date.now() - mailbox.within);
          const wanted = await folder.find({ which: mailbox.which, since });
          found.push(`${name} (${wanted.length} of ${folder.messages} wanted)`);
        }
        if (found.length === 0) {
          throw new StepFault(`none of ${missing.join(', ')} is there`, 'Set folders: to names that the server has.');
        }
        return `${found.join(', ')}${missing.length > 0 ? `; not there: ${missing.join(', ')}` : ''}`;
      }),
  };
}

function actionStep(opened: () => MailboxSession, { action }: Mailbox): Step {
  return {
    name: 'after collecting',
    needed: 'by itself',
    async run() {
      if (action.kind === 'none') return 'messages stay as they are';
      const { actions, lacks } = opened().features;
      const lack = lacks[action.kind];
      if (!actions.includes(action.kind)) {
        throw new StepFault(
          `${action.kind} cannot be done: ${lack ?? 'the server does not know it'}`,
          'Choose another afterCollect.',
        );
      }
      if (action.kind === 'move' && !(await opened().folders()).some(({ name }) => name === action.to)) {
        throw new StepFault(
          `there is no folder ${action.to}`,
          'Create it on the server, or set moveTo to one that is there.',
        );
      }
      return lack ?? `messages are ${words[action.kind]}`;
    },
  };
}

const words = { seen: 'marked as seen', flag: 'flagged', move: 'moved', delete: 'deleted' } as const;

function tlsText({ tls }: MailboxSession): string {
  return tls === undefined
    ? 'without TLS: everybody on the way can read the password'
    : `in ${tls.version} (${tls.cipher})`;
}

function fail(): never {
  throw new Error('a step is tried before there is a session');
}

async function orStepFault<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MailboxFault) throw new StepFault(error.message, fixes[error.kind], { cause: error });
    // A secret that is not to be had.
    if (error instanceof Fault) throw new StepFault(error.message, error.fix, { cause: error });
    throw error;
  }
}
