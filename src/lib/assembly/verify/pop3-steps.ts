import { openPop3 } from '../../mailbox/pop3/pop3-session.ts';
import type { MailboxSession } from '../../mailbox/session.ts';
import { reachSteps, type Reached } from '../steps/reach-steps.ts';
import type { Examination, Step } from '../steps/step.ts';
import { certificateStep } from './certificate-step.ts';
import { logInStep, noLogin, openedOf, orStepFault, type Opened } from './session-steps.ts';
import { connectMs, placeOf, type Target } from './target.ts';

/** The tutorial's own test: user, pass, list, quit. */
export function pop3Steps(target: Target): Examination {
  const reached: Reached = { socket: undefined };
  const opened: Opened<MailboxSession> = { session: undefined };
  const way = [...reachSteps(placeOf(target), connectMs, reached), certificateStep(target, reached)];
  const name = 'user and pass';
  return {
    steps:
      target.login === undefined
        ? [...way, noLogin(name)]
        : [
            ...way,
            logInStep(name, target, target.login, { protocol: 'pop3', open: openPop3, reached, opened }),
            listStep(opened),
            quitStep(opened),
          ],
    close() {
      reached.socket?.destroy();
      opened.session?.abandon();
    },
  };
}

function listStep(opened: Opened<MailboxSession>): Step {
  return {
    name: 'list',
    needed: 'by itself',
    run: () =>
      orStepFault(async () => {
        const { messages } = await openedOf(opened).open('INBOX', 'reading');
        return messages === 1 ? 'there is 1 message' : `there are ${messages} messages`;
      }),
  };
}

function quitStep(opened: Opened<MailboxSession>): Step {
  return {
    name: 'quit',
    needed: 'by itself',
    run: () =>
      orStepFault(async () => {
        await openedOf(opened).close();
        return 'the server says goodbye';
      }),
  };
}
