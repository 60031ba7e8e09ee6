import { openPop3 } from '../../mailbox/pop3/pop3-session.ts';
import type { MailboxSession } from '../../mailbox/session.ts';
import { reachSteps, type Reached } from '../steps/reach-steps.ts';
import { StepFault, type Examination } from '../steps/step.ts';
import { certificateStep } from './certificate-step.ts';
import { logIn, openedOf, orStepFault, welcome, type Opened } from './session-steps.ts';
import { connectMs, placeOf, type Target } from './target.ts';

/** The tutorial's own test: user, pass, list, quit. */
export function pop3Steps(target: Target): Examination {
  const reached: Reached = { socket: undefined };
  const opened: Opened<MailboxSession> = { session: undefined };
  return {
    steps: [
      ...reachSteps(placeOf(target), connectMs, reached),
      certificateStep(target, reached),
      {
        name: 'user and pass',
        needed: 'by the rest',
        async run(signal) {
          reached.socket?.destroy();
          if (target.login === undefined)
            throw new StepFault('no password is known', 'Give --user and --password-file.');
          opened.session = await logIn(target, 'pop3', openPop3, signal);
          return welcome(opened.session, target.login.user);
        },
      },
      {
        name: 'list',
        needed: 'by itself',
        run: () =>
          orStepFault(async () => {
            const { messages } = await openedOf(opened).open('INBOX', 'reading');
            return messages === 1 ? 'there is 1 message' : `there are ${messages} messages`;
          }),
      },
      {
        name: 'quit',
        needed: 'by itself',
        run: () =>
          orStepFault(async () => {
            await openedOf(opened).close();
            return 'the server says goodbye';
          }),
      },
    ],
    close() {
      reached.socket?.destroy();
      opened.session?.abandon();
    },
  };
}
