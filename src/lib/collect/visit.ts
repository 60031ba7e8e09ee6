import type { SourceKey } from '../capture/capture.ts';
import type { Emit } from '../events/event.ts';
import type { Fetched, MailboxSession, OpenFolder } from '../mailbox/session.ts';
import { formatSize } from '../text/units.ts';
import type { Place } from './book/book.ts';
import type { ByteGate } from './byte-gate.ts';
import { TooLarge, type Bringer, type Custody } from './custody.ts';
import type { Figures } from './figures.ts';
import type { Finished, FinishedIn } from './finished.ts';
import type { Mailbox } from './mailbox.ts';

/** So many are asked for at once: a round trip for each few hundred, and little to do again when one is cut off. */
const batch = 500;
/** Up to this size messages come whole, many with one command. */
const heldWhole = 256 * 2 ** 10;
/** So many are marked or deleted by one command. */
const actsAtOnce = 500;

export interface VisitMeans {
  readonly custody: Custody;
  readonly finished: Finished;
  /** What was collected of a folder counts as never seen. Resolves when that survives a loss of power. */
  readonly forget: (folder: Omit<SourceKey, 'uid'>) => Promise<void>;
  readonly gate: ByteGate;
  readonly emit: Emit;
  readonly now: () => number;
}

/** One folder, open on one connection: what is there is fetched, and what is handed over is marked or deleted. */
export class Visit {
  readonly folder: OpenFolder;
  readonly #means: VisitMeans;
  readonly #mailbox: Mailbox;
  readonly #session: MailboxSession;
  readonly #place: Place;
  readonly #finished: FinishedIn;
  readonly #figures: Figures;
  readonly #bringer: Bringer;
  /** What came in this visit, where nothing says that numbers hold: a number means that message no longer than it. */
  readonly #seen = new Set<string>();

  static async open(
    means: VisitMeans,
    { mailbox, session, figures, id }: { mailbox: Mailbox; session: MailboxSession; figures: Figures; id: string },
    name: string,
  ): Promise<Visit> {
    const folder = await session.open(name, mailbox.action.kind === 'none' ? 'reading' : 'acting');
    const key = { account: mailbox.account, folder: folder.name, uidValidity: folder.uidValidity ?? '' };
    const finished = await means.finished.in(key, () => means.forget(key));
    const place = means.custody.place(key, mailbox.name);
    return new Visit(means, mailbox, session, { folder, place, finished, figures, id });
  }

  private constructor(
    means: VisitMeans,
    mailbox: Mailbox,
    session: MailboxSession,
    {
      folder,
      place,
      finished,
      figures,
      id,
    }: { folder: OpenFolder; place: Place; finished: FinishedIn; figures: Figures; id: string },
  ) {
    this.#means = means;
    this.#mailbox = mailbox;
    this.#session = session;
    this.folder = folder;
    this.#place = place;
    this.#finished = finished;
    this.#figures = figures;
    this.#bringer = {
      mailbox: mailbox.name,
      session: id,
      peer: session.peer.address,
      username: mailbox.access.username,
    };
  }

  /** Collects everything that is wanted and not yet known. Resolves with how many came. */
  async collect(signal: AbortSignal): Promise<number> {
    const { custody, now } = this.#means;
    const { which, within, access } = this.#mailbox;
    const since = within === undefined ? undefined : new Date(now() - within);
    const found = await this.folder.find({ which, since });
    const wanted = found.filter((uid) => this.#isNew(uid, access.longest));
    // What a crash kept from being told.
    await this.#finished.add(found.filter((uid) => custody.book.isDone(this.#place, uid)));
    this.#figures.found += wanted.length;
    custody.found(this.#place, wanted);
    if (this.#goes) custody.reopen(this.#place, found);
    if (!this.actsAtEnd) await this.act();
    const before = this.#figures.kept;
    for (let at = 0; at < wanted.length && !signal.aborted; at += batch) {
      await this.#fetch(wanted.slice(at, at + batch), signal);
      if (!this.actsAtEnd) await this.act();
    }
    return this.#figures.kept - before;
  }

  /** Does on the server what is to be done with messages that are handed over. */
  async act(): Promise<void> {
    const { custody, emit } = this.#means;
    const { action, name } = this.#mailbox;
    for (;;) {
      const uids = this.#toAct(this.actsAtEnd ? 10_000 : actsAtOnce);
      if (uids.length === 0) return;
      if (action.kind !== 'none') {
        custody.acting(this.#place, uids, action.kind);
        await this.folder.act(uids, action);
        emit({
          event: 'mailbox.acted',
          mailbox: name,
          folder: this.folder.name,
          action: action.kind,
          count: uids.length,
        });
        this.#figures.acted += uids.length;
      }
      this.#figures.handedOver += uids.length;
      for (const uid of uids) this.#seen.delete(uid);
      custody.acted(this.#place, uids, action.kind, this.#goes ? 'gone' : 'done');
      await this.#finished.add(uids);
      if (!this.#session.usable) return;
    }
  }

  /** Whether what is acted on is so only with the end of the session. */
  get actsAtEnd(): boolean {
    return this.#session.features.actsAtEnd;
  }

  /** How many of this folder are in the journal, and not yet with all who have to have them. */
  get waiting(): number {
    return this.#means.custody.book.waiting(this.#place);
  }

  get hasToAct(): boolean {
    return this.#toAct(1).length > 0;
  }

  #came(uid: string): void {
    if (this.#place.uidValidity === '') this.#seen.add(uid);
  }

  #toAct(most: number): readonly string[] {
    const { book } = this.#means.custody;
    if (this.#place.uidValidity !== '') return book.toAct(this.#place, most);
    return book
      .toAct(this.#place, Infinity)
      .filter((uid) => this.#seen.has(uid))
      .slice(0, most);
  }

  /** Resolves when something of this folder was handed over or refused, or at the signal. */
  change(signal: AbortSignal): Promise<void> {
    return this.#means.custody.change(this.#place, signal);
  }

  /** Neither collected by us nor finished by somebody who had the mailbox before. */
  #isNew(uid: string, longest: number): boolean {
    return !this.#means.custody.book.isKnown(this.#place, uid, longest) && !this.#finished.has(uid);
  }

  async #fetch(uids: readonly string[], signal: AbortSignal): Promise<void> {
    const { gate, custody } = this.#means;
    const missing = new Set(uids);
    const larger: Fetched[] = [];
    const keeping: Promise<void>[] = [];
    let fault: { readonly error: unknown } | undefined;
    try {
      for await (const fetched of this.folder.read(uids, heldWhole)) {
        missing.delete(fetched.uid);
        if (fetched.content.kind === 'larger') larger.push(fetched);
        else if (fetched.content.kind === 'withheld') this.#withheld(fetched);
        else {
          const { bytes } = fetched.content;
          await gate.enter(bytes.length);
          const kept = this.#keep(fetched, bytes).finally(() => gate.leave(bytes.length));
          keeping.push(kept.catch((error: unknown) => void (fault ??= { error })));
        }
        if (fault || signal.aborted) break;
      }
    } finally {
      await Promise.all(keeping);
    }
    if (fault) throw fault.error;
    for (const fetched of larger) if (!signal.aborted) await this.#fetchLarge(fetched);
    if (signal.aborted) return;
    this.#figures.vanished += missing.size;
    custody.vanished(this.#place, [...missing]);
  }

  async #keep(fetched: Fetched, bytes: Buffer): Promise<void> {
    const { uid } = fetched;
    const became = await this.#means.custody.take(this.#place, fetched, bytes, this.#bringer);
    this.#came(uid);
    this.#figures[became]++;
    this.#figures.bytes += bytes.length;
  }

  async #fetchLarge(fetched: Fetched): Promise<void> {
    const { custody, gate } = this.#means;
    const { longest: most } = this.#mailbox.access;
    const { uid, size = 0 } = fetched;
    if (size > most) return this.#tooLarge(uid, size);
    // What a piece takes; the draft writes to disk as it comes.
    await gate.enter(heldWhole);
    try {
      const pieces = this.folder.stream(uid);
      const became = await custody.takePieces(this.#place, fetched, { pieces, most, bringer: this.#bringer });
      if (became !== undefined) this.#came(uid);
      if (became === undefined) this.#figures.vanished++;
      else if (became === 'again') this.#figures.again++;
      else {
        this.#figures.kept++;
        this.#figures.bytes += became;
      }
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      this.#tooLarge(uid, most + 1);
    } finally {
      gate.leave(heldWhole);
    }
  }

  /** Whether what is acted on is no longer there. */
  get #goes(): boolean {
    const { kind } = this.#mailbox.action;
    return kind === 'move' || (kind === 'delete' && this.#session.features.lacks.delete === undefined);
  }

  #tooLarge(uid: string, size: number): void {
    const { longest } = this.#mailbox.access;
    this.#leave(uid, `it has ${formatSize(size)}, more than the ${formatSize(longest)} that are collected`, { size });
  }

  #withheld({ uid }: Fetched): void {
    this.#leave(uid, 'the server names it, but does not give out its content');
  }

  #leave(uid: string, why: string, tooLarge?: { readonly size: number }): void {
    const { custody, emit } = this.#means;
    custody.leave(this.#place, uid, why, tooLarge);
    this.#figures.left++;
    emit({ event: 'mailbox.left', mailbox: this.#mailbox.name, folder: this.folder.name, uid, detail: why });
  }
}
