import { stat, unlink } from 'node:fs/promises';
import type { Settings } from '../../config/schema.ts';
import { errno, exitCodes, Fault } from '../../errors.ts';
import { pathOf } from '../../maildir/find.ts';
import { Maildir } from '../../maildir/maildir.ts';
import { locate, messagesIn, moveTo, readyFolder, remakeFolder } from '../../maildir/relocate.ts';
import { parseQuery } from '../../query/parse-query.ts';
import { maildirOf } from '../desk-settings.ts';
import type { LookBack } from '../look-back/open-look-back.ts';
import { moveRecords, nextNumber, writeRecord, type MoveRecord } from './move-record.ts';

export interface Moved {
  /** Messages that the filter means. */
  readonly meant: number;
  /** Of those, the ones that are in the maildir, by the folder in which they are. */
  readonly found: Readonly<Record<string, number>>;
  readonly moved: number;
}

export interface Move {
  readonly settings: Settings;
  readonly filter: string;
  /** The name of the folder to which they are moved. */
  readonly folder: string;
  readonly doing: 'move' | 'dry run';
}

/** Moves what a filter means to a folder of the maildir. The journal is not touched, and the move can be undone. */
export async function moveMessages(lookBack: LookBack, { settings, filter, folder, doing }: Move): Promise<Moved> {
  const { dataDir, index } = lookBack;
  const query = parseQuery(filter, Date.now());
  if (query.length === 0) throw everything();
  const maildir = theMaildir(settings, dataDir);
  const ids = new Set(index.ids({ query, kinds: ['message'] }));
  const to = doing === 'move' ? readyFolder(maildir, folder) : undefined;
  const from: Record<string, string[]> = {};
  for await (const { id, folder: where } of locate(maildir, ids)) {
    if (where !== to) (from[where] ??= []).push(id);
  }
  const found = Object.fromEntries(Object.entries(from).map(([where, all]) => [where, all.length]));
  if (to === undefined || Object.keys(from).length === 0) return { meant: ids.size, found, moved: 0 };
  const at = new Date().toISOString();
  writeRecord(dataDir, { number: nextNumber(dataDir), at, filter, to, from, undone: false });
  return { meant: ids.size, found, moved: await moveAll(maildir, new Set(Object.values(from).flat()), () => to) };
}

export interface Undone {
  readonly record: MoveRecord;
  readonly moved: number;
  /** Messages that are no longer where they were moved to: somebody moved or removed them since. */
  readonly missing: number;
}

/** Moves back what was moved together last, or what has that number. */
export async function undoMove(settings: Settings, dataDir: string, number: number | undefined): Promise<Undone> {
  const records = moveRecords(dataDir).filter(({ undone }) => !undone);
  const record = number === undefined ? records.at(-1) : records.find((each) => each.number === number);
  if (record === undefined) {
    throw new Fault(number === undefined ? 'There is no move to undo.' : `There is no move ${number} to undo.`, {
      code: 'maildir.no-move',
      fix: '"spamtrap maildir moves" shows what was moved.',
    });
  }
  const maildir = theMaildir(settings, dataDir);
  const homes = new Map(Object.entries(record.from).flatMap(([folder, ids]) => ids.map((id) => [id, folder] as const)));
  for (const folder of Object.keys(record.from)) remakeFolder(maildir, folder);
  const moved = await moveAll(maildir, new Set(homes.keys()), (id) => homes.get(id)!, record.to);
  writeRecord(dataDir, { ...record, undone: true });
  return { record, moved, missing: homes.size - moved };
}

/** Removes for good what has lain in a folder for so long. */
export async function emptyFolder(
  settings: Settings,
  dataDir: string,
  { folder, before, doing }: { readonly folder: string; readonly before: number; readonly doing: 'remove' | 'dry run' },
): Promise<number> {
  const maildir = theMaildir(settings, dataDir);
  const directory = readyFolder(maildir, folder);
  if (directory === '') throw inboxMeant();
  let removed = 0;
  for await (const found of messagesIn(maildir, directory)) {
    const path = pathOf(found);
    try {
      // A move changes the time of its change: when it came into this folder.
      if ((await stat(path)).ctimeMs >= before) continue;
      if (doing === 'remove') await unlink(path);
      removed++;
    } catch (error) {
      if (errno(error) !== 'ENOENT') throw error;
    }
  }
  return removed;
}

/** A client may rename a file between the look and the deed: it is looked for again. */
const looks = 3;

async function moveAll(
  maildir: Maildir,
  ids: ReadonlySet<string>,
  target: (id: string) => string,
  only?: string,
): Promise<number> {
  const left = new Set(ids);
  for (let look = 0; look < looks && left.size > 0; look++) {
    for await (const located of locate(maildir, left)) {
      if (only !== undefined && located.folder !== only) continue;
      const to = target(located.id);
      if (located.folder === to || (await moveTo(maildir, to, located))) left.delete(located.id);
    }
  }
  return ids.size - left.size;
}

function theMaildir(settings: Settings, dataDir: string): Maildir {
  const path = maildirOf(settings, dataDir);
  if (path !== undefined) return new Maildir(path);
  throw new Fault('No maildir is configured, so that there is nothing to move in.', {
    code: 'maildir.none',
    fix: 'Configure an output of type maildir, or name the configuration of the sensor with --config.',
    exit: exitCodes.usage,
  });
}

function everything(): Fault {
  return new Fault('It is not said which messages are meant.', {
    code: 'usage',
    fix: 'Write a filter, for example rule:pills or since:2d subject:invoice.',
    exit: exitCodes.usage,
  });
}

function inboxMeant(): Fault {
  return new Fault('The inbox is not emptied.', {
    code: 'usage',
    fix: 'Move messages first, with "spamtrap maildir purge", and name the folder to which they went.',
    exit: exitCodes.usage,
  });
}
