import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errno, exitCodes, Fault, reason } from '../../errors.ts';
import { kernelLock, type Lock } from '../../files/kernel-lock.ts';
import { printable } from '../../text/printable.ts';
import { replaceInPlace } from './replace-in-place.ts';
import { rowsIn, withoutRow, withRow, type Format, type Row } from './map-text.ts';

/** Where the files of a mail server are. */
export interface MailFolders {
  /** Undefined where Dovecot serves users of its own, without a Postfix. */
  readonly postfix: string | undefined;
  readonly dovecot: string | undefined;
}

export interface EditedFile {
  readonly path: string;
  readonly format: Format;
}

const patience = 10_000;
/** At most; it is drawn anew each time, so that two do not ask in step. */
const pause = 50;

/** Has nobody else edit these files meanwhile; a second one waits for the first. */
export async function alone<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const lock = await waitForLock(join(folder, '.spamtrap-lock'));
  if (lock === undefined) {
    throw new Fault(`Somebody else is editing ${printable(folder)}.`, {
      code: 'mail.locked',
      fix: 'Wait until the other "spamtrap mail" has ended.',
      exit: exitCodes.locked,
    });
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function waitForLock(path: string): Promise<Lock | undefined> {
  const since = performance.now();
  for (;;) {
    const lock = kernelLock(path);
    if (lock !== undefined || performance.now() - since > patience) return lock;
    await setTimeout(Math.random() * pause);
  }
}

export function readRows({ path, format }: EditedFile): Row[] {
  return rowsIn(readText(path), format);
}

export function putRow({ path, format }: EditedFile, row: Row): void {
  replaceInPlace(path, withRow(readText(path), row, format));
}

export function removeRow({ path, format }: EditedFile, key: string): void {
  replaceInPlace(path, withoutRow(readText(path), key, format));
}

function readText(path: string): string {
  try {
    // Whoever links to a file elsewhere keeps it there, and it would be replaced by one that is here.
    if (existsSync(path) && !lstatSync(path).isFile()) throw new Error('it is no plain file');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault(`${printable(path)} cannot be read: ${reason(error)}.`, {
      code: 'mail.unreadable',
      fix:
        errno(error) === 'ENOENT'
          ? 'Name the folder that setup-mailserver has made with --dir, or those of Postfix and Dovecot.'
          : 'Run this as a user who may read and write it.',
      exit: exitCodes.usage,
      cause: error,
    });
  }
}
