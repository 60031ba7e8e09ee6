import { randomInt } from 'node:crypto';
import { createIdSource } from '../../capture/id.ts';
import { Book } from '../../collect/book/book.ts';
import { readJournalInto } from '../../collect/book/read-journal.ts';
import { ByteGate } from '../../collect/byte-gate.ts';
import { Connections } from '../../collect/connections.ts';
import { Custody } from '../../collect/custody.ts';
import type { KeeperMeans } from '../../collect/keeper.ts';
import { nobodyElse } from '../../collect/finished.ts';
import { forget, forgetFolder, type Forgotten } from '../../collect/forget.ts';
import { collectLayout, type CollectLayout } from '../../collect/layout.ts';
import { Ledger } from '../../collect/ledger.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { readersOfOurs } from '../../config/schema/outputs.ts';
import { Cursor } from '../../journal/cursor.ts';
import type { Position } from '../../journal/position.ts';
import type { SharedMailboxes } from '../cluster/shared-mailboxes.ts';
import { openMailbox } from './open-mailbox.ts';
import { readBootId } from '../boot-id.ts';
import type { Surroundings } from '../sensor.ts';

const commitEvery = 1_000;
/** So long a loss of power may set back what is known of mailboxes; the journal is kept for as long. */
const syncEvery = 15_000;

/** What collecting works with, from the start of the program to its end. */
export class CollectWork {
  readonly means: KeeperMeans;
  readonly layout: CollectLayout;
  readonly custody: Custody;
  readonly #book: Book;
  readonly #ledger: Ledger;
  readonly #cursor: Cursor;
  readonly #timer: NodeJS.Timeout;
  #reached: Position;
  #syncedAt = 0;
  #committing: Promise<void> = Promise.resolve();

  constructor(
    { settings, dataDir, hub, journal, handovers }: Surroundings,
    fatal: (error: unknown) => void,
    share?: SharedMailboxes,
  ) {
    const { opened } = journal;
    const { connections, perHost, memory, ledger } = settings.collect;
    this.layout = collectLayout(dataDir);
    this.#book = new Book(this.layout.book, Date.now);
    if (this.#book.fault !== undefined) hub.emit({ event: 'mailboxes.reread', detail: this.#book.fault });
    this.#cursor = new Cursor(opened.layout, readersOfOurs.collector, readBootId());
    this.#reached = opened.tail.position;
    // Before the journal is read: no segment may go that the book does not know yet.
    this.#register(this.#book.reached);
    this.#ledger = new Ledger(this.layout, Date.now, share?.tokenOf);
    this.#ledger.removeBefore(Date.now() - ledger);
    readJournalInto(this.#book, this.#ledger, opened.layout, this.#reached);
    this.custody = new Custody({
      journal: { draft: () => opened.unhurriedDraft(), position: () => opened.tail.position },
      book: this.#book,
      ledger: this.#ledger,
      handovers,
      emit: hub.emit,
      now: Date.now,
    });
    const ids = createIdSource(Date.now, randomInt);
    this.means = {
      custody: this.custody,
      finished: share?.finished ?? nobodyElse,
      forget: (folder) => this.#forgetting(() => forgetFolder({ book: this.#book, ledger: this.#ledger }, folder)),
      gate: new ByteGate(memory),
      emit: hub.emit,
      now: Date.now,
      random: Math.random,
      newSessionId: () => ids.next(),
      doorway: { open: openMailbox, connections: new Connections({ total: connections, perHost }) },
    };
    this.#timer = setInterval(() => {
      this.#committing = this.#committing.then(() => this.#commit()).catch(fatal);
    }, commitEvery);
  }

  /** Nobody may be collecting from these mailboxes meanwhile. */
  forget(mailboxes: readonly Mailbox[], folder: string | undefined): Promise<readonly Forgotten[]> {
    return this.#forgetting(() => forget({ book: this.#book, ledger: this.#ledger }, mailboxes, folder));
  }

  async #forgetting<Result>(work: () => Result): Promise<Result> {
    // What the journal has and the book does not would else be known again at the next start.
    await this.#commit();
    const result = work();
    await this.#commit();
    this.#sync();
    return result;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#committing;
    await this.#commit();
    this.#sync();
    this.#ledger.close();
    this.#book.close();
  }

  async #commit(): Promise<void> {
    this.#reached = await this.custody.commit();
    if (Date.now() - this.#syncedAt >= syncEvery) this.#sync();
  }

  #sync(): void {
    this.#syncedAt = Date.now();
    this.#ledger.sync();
    this.#book.sync();
    this.#register(this.#reached);
  }

  #register(position: Position): void {
    const checkpoint = { position };
    this.#cursor.register({ checkpoint, paused: false, maxLag: Number.MAX_SAFE_INTEGER, whenBehind: 'hold' });
  }
}
