import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { exitCodes, Fault } from '../../errors.ts';
import { printable } from '../../text/printable.ts';

/** A folder of a Maildir++ tree; the inbox has no name. */
export interface SourceFolder {
  /** As its directory is called, e.g. `.Junk`; empty for the inbox. */
  readonly name: string;
  readonly messages: readonly SourceMessage[];
}

export interface SourceMessage {
  readonly part: 'new' | 'cur';
  /** With its flags, as it is called now. */
  readonly name: string;
}

const parts = ['new', 'cur'] as const;

/** All folders of the tree. Messages that arrive later are for the next time. */
export function foldersOf(root: string): SourceFolder[] {
  const names = readdirSync(root).filter((name) => name.startsWith('.') && isMaildir(join(root, name)));
  return ['', ...names.sort()].map((name) => ({ name, messages: messagesIn(join(root, name)) }));
}

export function messagesIn(folder: string): SourceMessage[] {
  return parts.flatMap((part) => {
    const path = join(folder, part);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => ({ part, name }));
  });
}

/** Folders to which a mail program listens, as Dovecot writes them down. */
export function subscriptionsOf(root: string): string[] {
  const path = join(root, 'subscriptions');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** Throws for what cannot be meant. */
export function checkPlaces(source: string, target: string): void {
  if (!isMaildir(source)) {
    throw wrong(`${printable(source)} is no maildir.`, 'Name the folder that has cur, new and tmp in it.');
  }
  if (existsSync(target) && readdirSync(target).length > 0 && !isMaildir(target)) {
    throw wrong(
      `${printable(target)} is not empty, and no maildir.`,
      'Name a maildir, or a folder that is not there yet.',
    );
  }
  const [from, to] = [resolve(source), resolve(target)];
  if (!relative(from, to).startsWith('..') || !relative(to, from).startsWith('..')) {
    throw wrong('Source and target are the same, or one is within the other.', 'Name two maildirs beside each other.');
  }
}

function isMaildir(path: string): boolean {
  return ['cur', 'new', 'tmp'].every(
    (part) => existsSync(join(path, part)) && statSync(join(path, part)).isDirectory(),
  );
}

function wrong(problem: string, fix: string): Fault {
  return new Fault(problem, { code: 'migrate.usage', fix, exit: exitCodes.usage });
}
