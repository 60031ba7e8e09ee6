import { openImap, type ImapSession } from '../../mailbox/imap/open-imap.ts';
import { reachSteps, type Reached } from '../steps/reach-steps.ts';
import { Skip, StepFault, type Examination, type Step } from '../steps/step.ts';
import { certificateStep } from './certificate-step.ts';
import { findMarked } from './find-marked.ts';
import { testLetter } from './letters.ts';
import { logInStep, noLogin, openedOf, orStepFault, type Opened } from './session-steps.ts';
import { connectMs, placeOf, type Target } from './target.ts';

/** Whether a message is put into the inbox and taken away again. */
export type Trial = 'with a message' | 'looking only';

/** What a mail program does: login, folders, a message there and back. */
export function imapSteps(target: Target, trial: Trial, expected: readonly string[] = []): Examination {
  const reached: Reached = { socket: undefined };
  const opened: Opened<ImapSession> = { session: undefined };
  const way = [...reachSteps(placeOf(target), connectMs, reached), certificateStep(target, reached)];
  return {
    steps:
      target.login === undefined
        ? [...way, noLogin('log in')]
        : [
            ...way,
            logInStep('log in', target, target.login, { protocol: 'imap', open: openImap, reached, opened }),
            foldersStep(opened, expected),
            roundTripStep(opened, trial),
          ],
    close() {
      reached.socket?.destroy();
      opened.session?.abandon();
    },
  };
}

function foldersStep(opened: Opened<ImapSession>, expected: readonly string[]): Step {
  return {
    name: 'folders',
    needed: 'by itself',
    run: () =>
      orStepFault(async () => {
        const names = (await openedOf(opened).folders()).map(({ name }) => name);
        const missing = expected.filter((name) => !names.includes(name));
        if (missing.length === 0) return `it shows ${names.join(', ')}`;
        throw new StepFault(
          `it shows ${names.join(', ')}, and not ${missing.join(', ')}`,
          'Check where mail is looked for.',
        );
      }),
  };
}

function roundTripStep(opened: Opened<ImapSession>, trial: Trial): Step {
  return {
    name: 'a message there and back',
    needed: 'by itself',
    run: () =>
      orStepFault(async () => {
        if (trial === 'looking only') throw new Skip('nothing is changed on the server');
        const session = openedOf(opened);
        const { mark, bytes } = testLetter({ from: 'verify@example.invalid', to: 'verify@example.invalid' });
        const uid = await session.append('INBOX', bytes);
        const inbox = await session.open('INBOX', 'acting');
        const found = await findMarked(inbox, mark, uid);
        if (found === undefined) {
          throw new StepFault('a message that was put into INBOX is not there', 'Look into the log of the server.');
        }
        await inbox.act([found.uid], { kind: 'delete' });
        if (found.bytes.equals(bytes)) return `${bytes.length} bytes went into INBOX and came back as they were`;
        throw new StepFault('the message came back changed', 'Look for a filter between here and the server.');
      }),
  };
}
