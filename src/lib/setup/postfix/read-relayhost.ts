import { readFileSync } from 'node:fs';
import { reason } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import { hostAndPort } from '../names.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';
import type { Relayhost } from './site.ts';
import type { Wishes } from './wishes.ts';

export function readRelayhost(wishes: Wishes): Relayhost | undefined {
  const { relayhost: given, 'relayhost-user': user, 'relayhost-password-file': passwordFile } = wishes;
  if (given === undefined) {
    if (user === undefined && passwordFile === undefined) return undefined;
    return wrongFlag('--relayhost', 'it is missing.', 'Name the host at which that user logs in.');
  }
  const place = hostAndPort(given, 587);
  if (!place) return wrongFlag('--relayhost', `${quoted(given)} is no host.`, 'Write HOST, HOST:PORT or [IPV6]:PORT.');
  if (user === undefined && passwordFile === undefined) return { ...place, login: undefined };
  if (user === undefined) return wrongFlag('--relayhost-user', 'it is missing.', 'Name whose password the file holds.');
  if (passwordFile === undefined)
    return wrongFlag('--relayhost-password-file', 'it is missing.', 'Name a file that holds the password.');
  // A colon would end the name, and the password begin.
  if (!/^[!-9;-~]{1,255}$/.test(user)) {
    return wrongFlag(
      '--relayhost-user',
      `${quoted(user)} cannot stand in a password map.`,
      'Use a name without spaces and colons.',
    );
  }
  return { ...place, login: { user, password: readPassword(passwordFile) } };
}

function readPassword(path: string): string {
  const flag = '--relayhost-password-file';
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    return wrongFlag(
      flag,
      `${printable(path)} cannot be read: ${reason(error)}.`,
      'Name a file that is there and readable.',
    );
  }
  // The map has one line for each password and takes spaces at its ends away.
  if (/^[^\p{C}\s](?:[^\p{C}\u2028\u2029]{0,1000}[^\p{C}\s])?$/u.test(text)) return text;
  return wrongFlag(
    flag,
    'what it holds cannot stand in a password map.',
    'Let it hold the password in one line, and nothing else.',
  );
}
