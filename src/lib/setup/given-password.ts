import { readFileSync } from 'node:fs';
import { reason } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { wrongFlag } from './wrong-flag.ts';

const longest = 1_024;

/** The password that a file or standard input holds; undefined where neither is asked for one. */
export function givenPassword(from: {
  readonly file: string | undefined;
  readonly stdin: boolean;
}): string | undefined {
  if (from.stdin) return plainPassword('--password-stdin', 0, 'standard input');
  if (from.file === undefined) return undefined;
  return plainPassword('--password-file', from.file, printable(from.file));
}

function plainPassword(flag: string, source: string | 0, name: string): string {
  let text: string;
  try {
    text = readFileSync(source, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    return wrongFlag(flag, `${name} cannot be read: ${reason(error)}.`, 'Name a file that is there and readable.');
  }
  // IMAP and POP3 have no way to send these.
  if (text === '' || text.length > longest || /[\0\r\n]/.test(text)) {
    return wrongFlag(flag, `${name} holds no password of one line.`, 'Put the password there, and nothing else.');
  }
  return text;
}
