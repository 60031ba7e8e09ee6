import { mailAddress, portNumber } from '../names.ts';
import { modeNames } from './site.ts';

/** What is asked of those who have not said it with flags. */
export interface Question {
  readonly name: string;
  readonly prompt: string;
  readonly fallback: string;
  readonly check: (answer: string) => string | undefined;
}

export const whichMode = {
  name: 'mode',
  prompt: 'A look into a sensor (monitor), mailboxes for people (mailbox), or what is behind a Postfix (mailserver)?',
  fallback: 'monitor',
  check: (answer: string) =>
    modeNames.some((mode) => mode === answer) ? undefined : `Answer ${modeNames.join(', ')}.`,
} as const satisfies Question;

const anything = (answer: string) => (answer === '' ? 'Say something.' : undefined);
const port = (answer: string) => (portNumber(answer) === undefined ? 'Write a number from 1 to 65535.' : undefined);
const number = (answer: string) =>
  /^[1-9]\d{0,9}$/.test(answer) ? undefined : 'Write a number, as "id USER" shows it.';

/** Whose answers are flags of the same name. */
export function questionsFor(mode: string): readonly Question[] {
  switch (mode) {
    case 'mailbox':
      return [
        { name: 'uid', prompt: 'Number of the user to whom all mail belongs?', fallback: '', check: number },
        { name: 'user', prompt: 'Name of the first user?', fallback: '', check: anything },
        { name: 'cert', prompt: 'File of the certificate?', fallback: '', check: anything },
        { name: 'key', prompt: 'File of its key?', fallback: '', check: anything },
      ];
    case 'mailserver':
      return [
        { name: 'uid', prompt: 'Number of the user to whom all mail belongs?', fallback: '', check: number },
        {
          name: 'user',
          prompt: 'Address of the first user?',
          fallback: '',
          check: (answer) => (mailAddress(answer) ? undefined : 'Write an address such as adam@example.org.'),
        },
        { name: 'cert', prompt: 'File of the certificate?', fallback: '', check: anything },
        { name: 'key', prompt: 'File of its key?', fallback: '', check: anything },
      ];
    default:
      return [
        { name: 'maildir', prompt: 'The maildir of the sensor?', fallback: '', check: anything },
        { name: 'imap-port', prompt: 'The port for IMAP?', fallback: '1143', check: port },
      ];
  }
}
