import { createHash } from 'node:crypto';
import type { CaptureFacts, CaptureOrigin, SourceKey } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import type { Emit } from '../events/event.ts';
import type { Position } from '../journal/position.ts';
import type { Fetched } from '../mailbox/session.ts';
import { subjectIn } from '../mime/subject.ts';
import type { Book, Listed, Place } from './book/book.ts';
import type { State } from './book/states.ts';
import type { Handovers } from './handovers.ts';
import type { Ledger } from './ledger.ts';

type Seen = CaptureFacts & { readonly subject: string | undefined };

/** What the collector asks of the journal. */
export interface Keeping {
  draft(): {
    write(chunk: Buffer): Promise<void> | undefined;
    accept(origin: CaptureOrigin): Promise<CaptureFacts>;
    readonly beginning: readonly Buffer[];
    abandon(): Promise<void>;
  };
  /** Up to where everything is on disk. */
  position(): Position;
}

export interface CustodySettings {
  readonly journal: Keeping;
  readonly book: Book;
  readonly ledger: Ledger;
  readonly handovers: Handovers;
  readonly emit: Emit;
  readonly now: () => number;
}

/** From which mailbox a message comes, for those who look on. */
export interface Bringer {
  readonly mailbox: string;
  readonly session: string;
  readonly peer: string;
  readonly username: string;
}

/** A message larger than is wanted shows that only while it comes. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * Takes messages from servers into the journal, and knows for each how far it is: the only place where journal, book
 * and ledger are written, so that they agree.
 */
export class Custody {
  readonly book: Book;
  readonly #settings: CustodySettings;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #watchers = new Map<number, Set<() => void>>();
  readonly #refused = new Map<string, number>();
  #movedAt: number;

  constructor(settings: CustodySettings) {
    this.#settings = settings;
    this.book = settings.book;
    this.#movedAt = settings.now();
    settings.handovers.listen(({ output, refused }) => {
      for (const id of refused) this.#setAside(id, output);
      this.#settle();
    });
    // What was handed over by an earlier run, and not yet written down.
    this.#settle();
  }

  /** When something was last kept or handed over, whosever it was. */
  get movedAt(): number {
    return this.#movedAt;
  }

  /** How many messages of the account outputs have refused in this run. */
  refusedOf(account: string): number {
    return this.#refused.get(account) ?? 0;
  }

  /** The folder under its present numbering. */
  place(key: Omit<SourceKey, 'uid'>, mailbox: string): Place {
    const { book, ledger, emit } = this.#settings;
    const isNew = !book.placesOf(key.account).some((known) => {
      return known.folder === key.folder && known.uidValidity === key.uidValidity;
    });
    const place = book.place(key);
    const from = isNew ? book.formerValidity(place) : undefined;
    if (from !== undefined) {
      ledger.write(place, { state: 'renumbered', from });
      emit({ event: 'mailbox.renumbered', mailbox, folder: key.folder, from, to: key.uidValidity });
    }
    return place;
  }

  /** What was only marked before is to be moved or deleted now, if it is still found. */
  reopen(place: Place, uids: readonly string[]): void {
    for (const uid of uids) this.book.reopen(place, uid);
  }

  found(place: Place, uids: readonly string[]): void {
    if (uids.length > 0) this.#settings.ledger.write(place, { state: 'found', uids });
  }

  vanished(place: Place, uids: readonly string[]): void {
    if (uids.length > 0) this.#settings.ledger.write(place, { state: 'vanished', uids });
  }

  /** A message that is in memory. Resolves when it is on disk, or known to be. */
  take(place: Place, fetched: Fetched, bytes: Buffer, bringer: Bringer): Promise<'kept' | 'again'> {
    return this.#counted(async () => {
      if (place.compares && this.#knowsContent(place, fetched.uid, sha256(bytes), bytes.length)) return 'again';
      const draft = this.#settings.journal.draft();
      await draft.write(bytes);
      const subject = subjectIn(draft.beginning);
      this.#kept(place, fetched.uid, { ...(await draft.accept(origin(place, fetched))), subject }, bringer);
      return 'kept';
    });
  }

  /** A message that comes in pieces; undefined when none came. Throws TooLarge when it does not end in time. */
  takePieces(
    place: Place,
    fetched: Fetched,
    { pieces, most, bringer }: { pieces: AsyncIterable<Buffer>; most: number; bringer: Bringer },
  ): Promise<number | 'again' | undefined> {
    return this.#counted(async () => {
      const draft = this.#settings.journal.draft();
      const hash = place.compares ? createHash('sha256') : undefined;
      let size = 0;
      try {
        for await (const piece of pieces) {
          size += piece.length;
          if (size > most) throw new TooLarge();
          hash?.update(piece);
          await draft.write(piece);
        }
        if (size === 0 || (hash && this.#knowsContent(place, fetched.uid, hash.digest('hex'), size))) {
          await draft.abandon();
          return size === 0 ? undefined : 'again';
        }
      } catch (error) {
        await draft.abandon();
        throw error;
      }
      const subject = subjectIn(draft.beginning);
      this.#kept(place, fetched.uid, { ...(await draft.accept(origin(place, fetched))), subject }, bringer);
      return size;
    });
  }

  /** A message that is not collected. One that is too large is not asked for again as long as the limit stays. */
  leave(place: Place, uid: string, why: string, tooLarge?: { readonly size: number }): void {
    if (tooLarge) this.book.tooLarge(place, uid, tooLarge.size);
    this.#settings.ledger.write(place, { state: 'left', uid, why });
  }

  /** Said before anything is done on the server, so that whoever looks afterwards knows what was meant. */
  acting(place: Place, uids: readonly string[], action: string): void {
    const { ledger } = this.#settings;
    ledger.write(place, { state: 'acting', action, uids });
    ledger.sync();
  }

  acted(place: Place, uids: readonly string[], action: string, into: 'done' | 'gone'): void {
    this.book.acted(place, uids, into);
    if (action !== 'none') this.#settings.ledger.write(place, { state: 'acted', action, uids });
  }

  /** Resolves when something of the place was handed over or refused, or at the signal. */
  async change({ id }: Place, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(resolve));
    const stop = () => resolve();
    signal.addEventListener('abort', stop, { once: true });
    await promise;
    signal.removeEventListener('abort', stop);
    watchers.delete(resolve);
    if (watchers.size === 0) this.#watchers.delete(id);
  }

  /** Brings the book up to date with the journal, so that a crash from here on costs nothing. */
  async commit(): Promise<Position> {
    // What is on disk now is in the book once all that is under way now has come to its end.
    const position = this.#settings.journal.position();
    await Promise.allSettled(this.#underWay);
    this.#settings.ledger.flush();
    this.book.commit(position);
    return position;
  }

  #knowsContent(place: Place, uid: string, sha256: string, size: number): boolean {
    const known = this.book.findContent(place, sha256);
    if (known === undefined || known.state === 'tooLarge') return false;
    const { id } = known;
    // What was done with it was done to its former uid.
    const state = known.state === 'done' || known.state === 'gone' ? 'handedOver' : known.state;
    this.book.keep(place, uid, { id, sha256, size }, state);
    this.#settings.ledger.write(place, { state: 'again', uid, id, sha256 });
    return true;
  }

  #kept(place: Place, uid: string, facts: Seen, { session, peer, username }: Bringer): void {
    const { ledger, emit } = this.#settings;
    const { id, sha256, size, subject } = facts;
    this.#movedAt = this.#settings.now();
    const state = this.#stateNow(id);
    this.book.keep(place, uid, facts, state);
    ledger.write(place, { state: 'kept', uid, id, sha256 });
    if (state === 'handedOver') ledger.write(place, { state, uids: [uid] });
    const envelope = { from: '', to: username, recipients: 0, subject };
    emit({ event: 'capture.accepted', intake: 'collect', id, session, peer, ...envelope, size, sha256 });
  }

  // An output may be faster than whoever waits for the disk here.
  #stateNow(id: Id): State {
    const { handovers } = this.#settings;
    if (handovers.refusedBy(id) !== undefined) return 'setAside';
    const { common } = handovers;
    return common && common.since <= id && id <= common.upTo ? 'handedOver' : 'waiting';
  }

  #settle(): void {
    const { handovers, ledger } = this.#settings;
    const { common } = handovers;
    if (common === undefined) return;
    for (const listed of this.book.handedOver(common.since, common.upTo)) {
      ledger.write(listed.place, { state: 'handedOver', uids: listed.uids });
      this.#movedAt = this.#settings.now();
      this.#tell(listed);
    }
  }

  #setAside(id: Id, output: string): void {
    for (const listed of this.book.setAside(id)) {
      this.#settings.ledger.write(listed.place, { state: 'setAside', output, uids: listed.uids });
      const { account } = listed.place;
      this.#refused.set(account, this.refusedOf(account) + listed.uids.length);
      this.#tell(listed);
    }
  }

  #tell({ place }: Listed): void {
    for (const watcher of this.#watchers.get(place.id) ?? []) watcher();
  }

  #counted<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = work();
    this.#underWay.add(running);
    const over = () => this.#underWay.delete(running);
    running.then(over, over);
    return running;
  }
}

function origin({ account, folder, uidValidity }: Place, { uid, arrivedAt, flags }: Fetched): CaptureOrigin {
  return {
    intake: 'collect',
    // A mailbox knows no envelope, and headers are what a sender likes to write.
    envelope: { from: '', to: [] },
    source: {
      account,
      folder,
      uidValidity,
      uid,
      ...(arrivedAt !== undefined && { arrivedAt }),
      ...(flags !== undefined && { flags }),
    },
  };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
