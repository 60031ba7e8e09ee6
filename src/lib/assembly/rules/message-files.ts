import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errno, exitCodes, Fault, reason } from '../../errors.ts';
import { printable } from '../../text/printable.ts';

/** The messages of a Maildir with its folders, of any other folder, or one file. */
export function messageFiles(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    if (!isMaildir(path)) return filesIn(path);
    const folders = readdirSync(path).filter((name) => name.startsWith('.') && isMaildir(join(path, name)));
    return [path, ...folders.map((name) => join(path, name))].flatMap(messagesOf);
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

/** The messages of the inbox of a Maildir, and of no other folder. */
export function inboxFiles(path: string): readonly string[] {
  if (isMaildir(path)) return messagesOf(path);
  throw new Fault(`${printable(path)} is no Maildir.`, {
    code: 'rules.maildir',
    fix: 'Name a folder that has the folders new, cur and tmp.',
    exit: exitCodes.usage,
  });
}

function isMaildir(path: string): boolean {
  return existsSync(join(path, 'cur')) && existsSync(join(path, 'new'));
}

function messagesOf(folder: string): readonly string[] {
  return ['new', 'cur'].flatMap((part) => filesIn(join(folder, part)));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
    .sort();
}

function unreadable(path: string, thrown: unknown): Fault {
  const isMissing = errno(thrown) === 'ENOENT';
  const why = isMissing ? 'there is no such file or folder' : reason(thrown);
  return new Fault(`${printable(path)} cannot be read: ${why}.`, {
    code: 'rules.messages',
    fix: 'Name a Maildir, a folder of messages, a message, or "journal".',
    exit: exitCodes.usage,
    cause: thrown,
  });
}
