import { setTimeout } from 'node:timers/promises';
import type { FetchMessageObject, ImapFlow, MailboxLockObject, SearchObject } from 'imapflow';
import { printable } from '../../text/printable.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import type { Fetched, MessageAction, OpenFolder, Wanted } from '../session.ts';
import { mailboxFault } from './faults.ts';
import { uidSets } from './uid-set.ts';

/** So many are described or acted on by one command: what a server has to do for one command should not take long. */
const inOneCommand = 1_000;
/** One piece of a large message. Smaller ones cost a round trip each, larger ones memory. */
const pieceSize = 2 ** 20;
const pause = 1_000;

export class ImapFolder implements OpenFolder {
  readonly name: string;
  readonly uidValidity: string | undefined;
  readonly #client: ImapFlow;
  readonly #lock: MailboxLockObject;
  /** Whether something came since the last search began. */
  #news = false;
  #wake: () => void = () => undefined;
  readonly #onExists = ({ count, prevCount }: { readonly count: number; readonly prevCount: number }) => {
    if (count > prevCount) this.#noteNews();
  };
  readonly #onClose = () => this.#wake();

  constructor(client: ImapFlow, lock: MailboxLockObject) {
    this.#client = client;
    this.#lock = lock;
    const { path, uidValidity } = this.#mailbox();
    this.name = path;
    // Zero is no valid value, and some servers say it when they keep no such promise.
    this.uidValidity = uidValidity ? String(uidValidity) : undefined;
    client.on('exists', this.#onExists);
    client.on('close', this.#onClose);
  }

  get messages(): number {
    return this.#mailbox().exists;
  }

  async find({ which, since }: Wanted): Promise<readonly string[]> {
    // What comes while the server searches is news, whether or not it is found.
    this.#news = false;
    const query: SearchObject = { ...(which === 'unseen' ? { seen: false } : { all: true }), ...(since && { since }) };
    const found = await this.#attempt('the search failed', () => this.#client.search(query, { uid: true }));
    if (!Array.isArray(found)) throw this.#refused('it does not search');
    return [...new Set(found)].toSorted((one, other) => one - other).map(String);
  }

  async *read(uids: readonly string[], most: number): AsyncGenerator<Fetched> {
    const missing = new Set(uids);
    // One byte more than is wanted tells that there is more, whatever size the server claims.
    const source = { start: 0, maxLength: most + 1 };
    const query = { uid: true, size: true, internalDate: true, flags: true, source };
    for (const { text } of uidSets(uids, inOneCommand)) {
      this.#mailbox();
      try {
        for await (const row of this.#client.fetch(text, query, { uid: true })) {
          // Rows that nobody asked for tell of flags that another client has changed. They have no size.
          const isAnswer = row.size !== undefined && missing.delete(String(row.uid));
          if (isAnswer) yield fetched(row, most);
        }
      } catch (error) {
        throw mailboxFault(error, 'messages cannot be fetched');
      }
      // A closed connection ends the loop as if there had been no more messages.
      this.#mailbox();
    }
  }

  async *stream(uid: string): AsyncGenerator<Buffer> {
    for (let start = 0; ;) {
      const piece = await this.#piece(uid, start);
      if (piece === undefined || piece.length === 0) return;
      yield piece;
      if (piece.length < pieceSize) return;
      start += piece.length;
    }
  }

  async act(uids: readonly string[], action: MessageAction): Promise<void> {
    for (const { text } of uidSets(uids, inOneCommand)) await this.#actOn(text, action);
  }

  async waitForNews(signal: AbortSignal): Promise<void> {
    if (this.#news || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<'woken' | 'by itself'>();
    const wake = () => resolve('woken');
    this.#wake = wake;
    signal.addEventListener('abort', wake, { once: true });
    this.#mailbox();
    // Idling ends when the next command is given, and when the server ends it.
    const itself = () => resolve('by itself');
    this.#client.idle().then(itself, itself);
    const ended = await promise;
    signal.removeEventListener('abort', wake);
    if (ended === 'by itself') await this.#rest(signal);
    this.#mailbox();
  }

  /** Lets another folder be opened. */
  release(): void {
    this.#client.off('exists', this.#onExists);
    this.#client.off('close', this.#onClose);
    this.#lock.release();
  }

  /** A server that does not let us idle is not asked again and again without a pause. */
  async #rest(signal: AbortSignal): Promise<void> {
    // On a connection to which the server has said goodbye, idling ends at once, and only a command tells why.
    await this.#attempt('the server does not let us idle', () => this.#client.noop());
    if (!this.#news) await setTimeout(pause, undefined, { signal }).catch(() => undefined);
  }

  async #piece(uid: string, start: number): Promise<Buffer | undefined> {
    return this.#attempt('a large message cannot be fetched', async () => {
      let piece: Buffer | undefined;
      const query = { uid: true, source: { start, maxLength: pieceSize } };
      for await (const row of this.#client.fetch(uid, query, { uid: true })) {
        if (String(row.uid) === uid && row.source !== undefined) piece = row.source;
      }
      return piece;
    });
  }

  async #actOn(set: string, action: MessageAction): Promise<void> {
    switch (action.kind) {
      case 'seen':
        return this.#flag(set, '\\Seen');
      case 'flag':
        return this.#flag(set, action.flag);
      case 'move':
        return this.#move(set, action.to);
      case 'delete':
        await this.#flag(set, '\\Deleted');
        // Plain EXPUNGE would also remove what other clients have flagged, and imapflow falls back to that.
        if (!this.#client.capabilities.has('UIDPLUS')) return;
        return this.#confirmed('it does not expunge', () => this.#client.messageDelete(set, { uid: true }));
    }
  }

  async #flag(set: string, flag: string): Promise<void> {
    await this.#confirmed(`it does not set ${flag}`, () => {
      return this.#client.messageFlagsAdd(set, [flag], { uid: true, silent: true });
    });
  }

  async #move(set: string, to: string): Promise<void> {
    // Without MOVE, imapflow copies and expunges everything that is flagged.
    if (this.#client.capabilities.has('MOVE')) {
      return this.#confirmed(`it does not move to ${to}`, () => this.#client.messageMove(set, to, { uid: true }));
    }
    await this.#confirmed(`it does not copy to ${to}`, () => this.#client.messageCopy(set, to, { uid: true }));
    return this.#actOn(set, { kind: 'delete' });
  }

  // What fails is told by false, and by undefined where there was nothing to do it with.
  async #confirmed(refusal: string, command: () => Promise<unknown>): Promise<void> {
    const answer = await this.#attempt(refusal, command);
    if (answer === false || answer === undefined) throw this.#refused(refusal);
  }

  async #attempt<Result>(doing: string, command: () => Promise<Result>): Promise<Result> {
    this.#mailbox();
    try {
      const result = await command();
      this.#mailbox();
      return result;
    } catch (error) {
      throw mailboxFault(error, doing);
    }
  }

  #refused(what: string): MailboxFault {
    return new MailboxFault('refused', `the server refuses: ${what} in ${this.name}`);
  }

  // On a connection that has ended, or is about to, commands find nothing and do nothing, and say so to nobody.
  #mailbox() {
    const { usable, mailbox, state, states, byeReason } = this.#client;
    if (usable && mailbox && state === states.SELECTED) return mailbox;
    const why = byeReason === undefined ? '' : `; the server has said: ${printable(byeReason)}`;
    throw new MailboxFault('lost', `the connection to the server is gone${why}`);
  }

  #noteNews(): void {
    this.#news = true;
    this.#wake();
  }
}

// Where the server says NIL in place of a content, imapflow has `false` there, whatever its types say.
function fetched({ uid, source, size, internalDate, flags }: FetchMessageObject, most: number): Fetched {
  return {
    uid: String(uid),
    content:
      !Buffer.isBuffer(source) || (source.length === 0 && size !== 0)
        ? { kind: 'withheld' }
        : source.length > most
          ? { kind: 'larger' }
          : { kind: 'whole', bytes: source },
    size,
    ...(internalDate !== undefined && { arrivedAt: isoTime(internalDate) }),
    ...(flags !== undefined && { flags: [...flags] }),
  };
}

function isoTime(time: Date | string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
