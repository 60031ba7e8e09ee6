import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Id } from '../capture/id.ts';
import { errno } from '../errors.ts';
import { namesIn, type JournalLayout } from './layout.ts';
import { isBefore, origin, type Position } from './position.ts';

export type WhenBehind = 'hold' | 'skip';

/** How far a reader is, and the newest id it has passed. */
export interface Mark {
  readonly position: Position;
  readonly id?: Id | undefined;
  /** From this id on it has passed over nothing: a reader that begins late, skips or is moved begins to count anew. */
  readonly since?: Id | undefined;
}

/** What is on disk of a reader: its name holds segments back until it has passed them or is forgotten. */
export interface Registration {
  readonly name: string;
  readonly checkpoint: Mark;
  readonly paused: boolean;
  readonly maxLag: number;
  readonly whenBehind: WhenBehind;
}

export type CursorState = 'restored' | 'unreadable';

export interface LoadedCursor {
  readonly state: CursorState;
  /** Trusted now: the checkpoint, or the newer mark when the machine has not gone down since it was written. */
  readonly mark: Mark;
  readonly checkpoint: Mark;
  readonly paused: boolean;
}

const atOrigin: Mark = { position: origin };

/**
 * Two files for each reader. `NAME.json` is synced and says what survives a power failure. `NAME.position` is written
 * often and never synced: it holds as long as the kernel that took it is running, which its boot id tells.
 */
export class Cursor {
  readonly name: string;
  readonly #layout: JournalLayout;
  readonly #bootId: string;

  constructor(layout: JournalLayout, name: string, bootId: string) {
    this.name = name;
    this.#layout = layout;
    this.#bootId = bootId;
  }

  load(): LoadedCursor | undefined {
    const registration = readRegistration(this.#layout, this.name);
    if (registration === undefined) return undefined;
    if (registration === 'unreadable') {
      return { state: 'unreadable', mark: atOrigin, checkpoint: atOrigin, paused: false };
    }
    const { checkpoint, paused } = registration;
    const newer = this.#readPosition();
    const mark = newer && isBefore(checkpoint.position, newer.position) ? newer : checkpoint;
    return { state: 'restored', mark, checkpoint, paused };
  }

  /** Safe against the death of the process from now on. */
  savePosition(mark: Mark): void {
    replaceFile(positionPath(this.#layout, this.name), JSON.stringify({ boot: this.#bootId, ...mark }), closeSync);
  }

  /** Safe against power loss from now on. */
  register(registration: Omit<Registration, 'name'>): void {
    writeRegistration(this.#layout, { name: this.name, ...registration });
  }

  #readPosition(): Mark | undefined {
    const parsed = readJson(positionPath(this.#layout, this.name)) as ({ boot?: string } & Partial<Mark>) | undefined;
    if (parsed?.boot !== this.#bootId || !isPosition(parsed.position)) return undefined;
    return { position: parsed.position, id: parsed.id, since: parsed.since };
  }
}

/** Every reader that is known, whether or not it is configured now. Unreadable ones hold everything. */
export function readRegistrations(layout: JournalLayout): Registration[] {
  return readerNames(layout).map((name) => {
    const registration = readRegistration(layout, name);
    return registration === undefined || registration === 'unreadable' ? holdingAll(name) : registration;
  });
}

export function readerNames(layout: JournalLayout): string[] {
  return namesIn(layout.readers)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
}

export function readRegistration(layout: JournalLayout, name: string): Registration | 'unreadable' | undefined {
  const parsed = readJson(registrationPath(layout, name)) as Partial<Registration> | 'unreadable' | undefined;
  if (parsed === undefined || parsed === 'unreadable') return parsed;
  if (!isPosition(parsed.checkpoint?.position)) return 'unreadable';
  const { checkpoint, paused = false, maxLag = Number.MAX_SAFE_INTEGER, whenBehind = 'hold' } = parsed;
  return { name, checkpoint, paused, maxLag, whenBehind };
}

export function writeRegistration(layout: JournalLayout, registration: Registration): void {
  replaceFile(registrationPath(layout, registration.name), JSON.stringify(registration), (file) => {
    fsyncSync(file);
    closeSync(file);
  });
  const directory = openSync(layout.readers, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** Sends a reader that is not running to another place: everything from there on is delivered, again or anew. */
export function moveReader(layout: JournalLayout, registration: Registration, position: Position): void {
  rmSync(positionPath(layout, registration.name), { force: true });
  writeRegistration(layout, { ...registration, checkpoint: { position } });
}

export function forgetReader(layout: JournalLayout, name: string): void {
  rmSync(registrationPath(layout, name), { force: true });
  rmSync(positionPath(layout, name), { force: true });
  rmSync(join(layout.readers, `${name}.status`), { force: true });
}

function holdingAll(name: string): Registration {
  return { name, checkpoint: atOrigin, paused: false, maxLag: Number.MAX_SAFE_INTEGER, whenBehind: 'hold' };
}

function registrationPath(layout: JournalLayout, name: string): string {
  return join(layout.readers, `${name}.json`);
}

function positionPath(layout: JournalLayout, name: string): string {
  return join(layout.readers, `${name}.position`);
}

function replaceFile(path: string, text: string, finish: (file: number) => void): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', 0o600);
  writeSync(file, `${text}\n`);
  finish(file);
  renameSync(temporary, path);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    return errno(error) === 'ENOENT' ? undefined : 'unreadable';
  }
}

function isPosition(value: unknown): value is Position {
  const { segment, offset } = (value ?? {}) as Partial<Position>;
  return Number.isSafeInteger(segment) && Number.isSafeInteger(offset) && segment! >= 0 && offset! >= 0;
}
