import type { Chance } from './chance.ts';
import { letter, relayTest, type Letter } from './letters.ts';

/** What one attacker does: what it says, each time when it has been answered, and then it goes. */
export interface Scene {
  /** Where it comes from: all of 127.0.0.0/8 is this machine. */
  readonly source: string;
  readonly says: readonly string[];
}

const passwords = ['123456', 'password', 'admin', 'letmein', 'P@ssw0rd', 'qwerty', 'mail2024', 'root'];
const users = ['admin', 'info', 'postmaster', 'test', 'office@example.org', 'root'];

/** The next attacker. */
export function scene(chance: Chance): Scene {
  const source = `127.${1 + chance.upTo(20)}.${chance.upTo(4)}.${1 + chance.upTo(250)}`;
  const kind = chance.next();
  if (kind < 0.62) return { source, says: [...hello(chance), ...delivery(chance), 'QUIT\r\n'] };
  if (kind < 0.8) return { source, says: [...hello(chance), ...logins(chance), 'QUIT\r\n'] };
  if (kind < 0.88) return { source, says: probing(chance) };
  return { source, says: chance.oneOf(scans) };
}

const scans: readonly (readonly string[])[] = [
  ['GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['EHLO scanner.example\r\n', 'QUIT\r\n'],
  ['HELO masscan\r\n', 'VRFY root\r\n', 'VRFY admin\r\n', 'QUIT\r\n'],
  ['EHLO census.example\r\n', 'HELP\r\n', 'QUIT\r\n'],
];

function hello(chance: Chance): readonly string[] {
  return [`EHLO ${chance.oneOf(['win-' + chance.letters(6), 'mail.example', '[10.0.0.7]', 'ylmf-pc'])}\r\n`];
}

function delivery(chance: Chance): readonly string[] {
  return Array.from({ length: 1 + chance.upTo(3) }, () => sending(letter(chance))).flat();
}

function sending({ from, to, content }: Letter): readonly string[] {
  const dotted = content.replaceAll(/^\./gm, '..');
  return [
    `MAIL FROM:<${from}>${isPlain(from) ? '' : ' SMTPUTF8'}\r\n`,
    ...to.map((address) => `RCPT TO:<${address}>\r\n`),
    'DATA\r\n',
    `${dotted}\r\n.\r\n`,
  ];
}

function logins(chance: Chance): readonly string[] {
  return Array.from({ length: 1 + chance.upTo(4) }, () => login(chance.oneOf(users), chance.oneOf(passwords))).flat();
}

/** Logs in, and tries whether mail goes out; the mail tells its sender with what it worked. */
function probing(chance: Chance): readonly string[] {
  const user = `user${chance.upTo(100)}`;
  const password = chance.letters(10);
  return [...hello(chance), ...login(user, password), ...sending(relayTest(chance, user, password)), 'QUIT\r\n'];
}

function login(user: string, password: string): readonly string[] {
  const encoded = (text: string) => `${Buffer.from(text).toString('base64')}\r\n`;
  return ['AUTH LOGIN\r\n', encoded(user), encoded(password)];
}

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
