import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno, Fault, reason } from '../../errors.ts';
import { makeDirectory, replaceFile } from '../../files/synced.ts';

/** Messages that were moved together, so that they can be moved back. Written before the first of them moves. */
export interface MoveRecord {
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly filter: string;
  /** Directories of folders below the maildir. */
  readonly to: string;
  readonly from: Readonly<Record<string, readonly string[]>>;
  readonly undone: boolean;
}

function folderOf(dataDir: string): string {
  return join(dataDir, 'maildir-moves');
}

function fileOf(dataDir: string, number: number): string {
  return join(folderOf(dataDir), `${String(number).padStart(6, '0')}.json`);
}

/** All that were ever written, the oldest first. */
export function moveRecords(dataDir: string): readonly MoveRecord[] {
  return numbersIn(dataDir).map((number) => readRecord(dataDir, number));
}

export function nextNumber(dataDir: string): number {
  return (numbersIn(dataDir).at(-1) ?? 0) + 1;
}

export function writeRecord(dataDir: string, record: MoveRecord): void {
  makeDirectory(folderOf(dataDir));
  replaceFile(fileOf(dataDir, record.number), `${JSON.stringify(record)}\n`);
}

function readRecord(dataDir: string, number: number): MoveRecord {
  const file = fileOf(dataDir, number);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MoveRecord;
  } catch (error) {
    throw new Fault(`${file}, in which a move is written down, cannot be read: ${reason(error)}.`, {
      code: 'maildir.moves',
      fix: 'Move the file away; that move can then not be undone.',
      cause: error,
    });
  }
}

function numbersIn(dataDir: string): readonly number[] {
  try {
    return readdirSync(folderOf(dataDir))
      .map((name) => /^(\d{6})\.json$/.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      .sort((one, other) => one - other);
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
}
