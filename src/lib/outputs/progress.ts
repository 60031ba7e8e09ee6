import type { Id } from '../capture/id.ts';
import type { Cursor, LoadedCursor, Mark, WhenBehind } from '../journal/cursor.ts';
import { isRecordStart } from '../journal/ends.ts';
import type { JournalLayout } from '../journal/layout.ts';
import { isBefore, origin, type Position } from '../journal/position.ts';
import type { Tail } from '../journal/tail.ts';

export interface ReaderPolicy {
  readonly from: 'start' | 'now';
  readonly maxLag: number;
  readonly whenBehind: WhenBehind;
  /** Milliseconds between two checkpoints while there is something to make safe. */
  readonly checkpoint: number;
  /** Milliseconds for which entries may gather before they are read: who is in no hurry costs the others less. */
  readonly gather?: number;
}

export interface ProgressSettings {
  readonly cursor: Cursor;
  readonly layout: JournalLayout;
  readonly tail: Tail;
  readonly policy: ReaderPolicy;
  readonly now: () => number;
}

/** How far the state of an output reaches that keeps one of its own. */
export interface Recalled {
  readonly upTo: Id | undefined;
}

/**
 * How far an output is, in memory and on disk. There are two marks: what is delivered, and what of that has survived
 * a checkpoint. Only the second is ever called safe against power loss.
 */
export class Progress {
  readonly #settings: ProgressSettings;
  #mark: Mark = { position: origin };
  #safe: Mark = this.#mark;
  #born: Position | undefined;
  #paused = false;
  #dirtySince: number | undefined;
  #hasUnsynced = false;
  #hasSkipped = false;

  constructor(settings: ProgressSettings) {
    this.#settings = settings;
  }

  get mark(): Mark {
    return this.#mark;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /**
   * Takes up where the cursor says, or no further than the last checkpoint. Returns why it had to begin again instead,
   * if it had to.
   */
  takeUp(recalled: Recalled | undefined, trusted: 'mark' | 'checkpoint' = 'mark'): string | undefined {
    const { cursor, policy, tail, layout } = this.#settings;
    const loaded = cursor.load();
    this.#paused = loaded?.paused ?? false;
    // Where "now" was stays where it was, also when the first attempts to register fail and mail comes meanwhile.
    this.#born ??= policy.from === 'now' ? tail.position : origin;
    this.#mark = loaded?.mark ?? { position: this.#born };
    this.#safe = loaded?.checkpoint ?? this.#mark;
    if (trusted === 'checkpoint' || (recalled && !reaches(recalled, this.#mark))) this.#mark = this.#safe;
    const fault = loaded && (faultOfMark(layout, tail.position, loaded) ?? faultOfState(recalled, this.#safe));
    if (fault !== undefined) this.#mark = this.#safe = { position: origin };
    // After the death of a process the mark is trusted, but what lies between it and the checkpoint is not yet synced.
    if (isBefore(this.#safe.position, this.#mark.position)) this.#touch('unsynced');
    // Registered at once: from here on no segment goes before this reader has passed it.
    this.#register();
    return fault;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#register();
  }

  /** Everything since the last checkpoint is delivered again. */
  goBack(): void {
    this.#settings.cursor.savePosition(this.#safe);
    this.#mark = this.#safe;
    this.#dirtySince = undefined;
    this.#hasUnsynced = false;
  }

  /** Goes on from another place: everything from there on is delivered, again or anew. */
  moveTo(position: Position): void {
    const mark = { position };
    this.#settings.cursor.savePosition(mark);
    this.#mark = this.#safe = mark;
    this.#register();
  }

  /** Everything from one id to another, without a gap between, unless one was told of. */
  delivered(first: Id, { position, id }: { readonly position: Position; readonly id: Id }): void {
    const since = this.#hasSkipped ? id : (this.#mark.since ?? first);
    const mark = { position, id, since };
    this.#settings.cursor.savePosition(mark);
    this.#mark = mark;
    this.#hasSkipped = false;
    this.#touch('unsynced');
  }

  /** Something was removed from the journal before it was read; where in the next batch is not known. */
  skipped(): void {
    this.#hasSkipped = true;
    this.#mark = { ...this.#mark, since: undefined };
  }

  /** Records that are no captures are passed too, or a trap that is only scanned would never let a segment go. */
  passed(position: Position): void {
    if (!isBefore(this.#mark.position, position)) return;
    this.#mark = { ...this.#mark, position };
    this.#touch('passed');
  }

  get isCheckpointDue(): boolean {
    const { now, policy } = this.#settings;
    return this.#dirtySince !== undefined && now() - this.#dirtySince >= policy.checkpoint;
  }

  /** Calls everything delivered safe, after `sync` has made it so. */
  async checkpoint(sync: () => Promise<void>): Promise<void> {
    if (this.#dirtySince === undefined) return;
    if (this.#hasUnsynced) await sync();
    this.#safe = this.#mark;
    this.#register();
    this.#dirtySince = undefined;
    this.#hasUnsynced = false;
  }

  #touch(what: 'unsynced' | 'passed'): void {
    this.#dirtySince ??= this.#settings.now();
    if (what === 'unsynced') this.#hasUnsynced = true;
  }

  #register(): void {
    const { cursor, policy } = this.#settings;
    const { maxLag, whenBehind } = policy;
    cursor.register({ checkpoint: this.#safe, paused: this.#paused, maxLag, whenBehind });
  }
}

function faultOfMark(layout: JournalLayout, end: Position, { state, mark }: LoadedCursor): string | undefined {
  if (state === 'unreadable') return 'its cursor file is not readable';
  if (isBefore(end, mark.position)) return 'its cursor is ahead of the journal, which was replaced or cut';
  if (!isRecordStart(layout, mark.position, end)) return 'its cursor does not stand at a message';
  return undefined;
}

function faultOfState(recalled: Recalled | undefined, safe: Mark): string | undefined {
  return recalled && !reaches(recalled, safe) ? 'what it kept is gone or damaged' : undefined;
}

function reaches({ upTo }: Recalled, { id }: Mark): boolean {
  return id === undefined || (upTo !== undefined && upTo >= id);
}
