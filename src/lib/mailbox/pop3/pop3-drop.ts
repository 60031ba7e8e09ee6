import { printable } from '../../text/printable.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import type { Fetched, MessageAction, OpenFolder } from '../session.ts';
import { linesOf } from './capabilities.ts';
import type { Pop3Connection } from './pop3-connection.ts';

export interface DropSettings {
  /** The longest message that is read, whatever size the server claims. */
  readonly most: number;
  /** So many commands may be under way at once. */
  readonly ahead: number;
  readonly quit: () => Promise<void>;
}

/** The messages of a session: their numbers hold only as long as it lasts, so they never leave this file. */
export async function openDrop(connection: Pop3Connection, settings: DropSettings): Promise<OpenFolder> {
  const numbers = await uidListing(connection);
  const sizes = await sizeListing(connection);
  return new Pop3Drop(connection, settings, numbers, sizes);
}

class Pop3Drop implements OpenFolder {
  readonly name = 'INBOX';
  // RFC 1939: a UIDL is never used again in a mailbox, so there is nothing that could change.
  readonly uidValidity = 'uidl';
  readonly #connection: Pop3Connection;
  readonly #settings: DropSettings;
  readonly #numbers: ReadonlyMap<string, string>;
  readonly #sizes: ReadonlyMap<string, number>;

  constructor(
    connection: Pop3Connection,
    settings: DropSettings,
    numbers: ReadonlyMap<string, string>,
    sizes: ReadonlyMap<string, number>,
  ) {
    this.#connection = connection;
    this.#settings = settings;
    this.#numbers = numbers;
    this.#sizes = sizes;
  }

  get messages(): number {
    return this.#numbers.size;
  }

  // POP3 knows neither what was read nor when it came.
  async find(): Promise<readonly string[]> {
    return [...this.#numbers.keys()];
  }

  async *read(uids: readonly string[], most: number): AsyncGenerator<Fetched> {
    const known = uids.filter((uid) => this.#numbers.has(uid));
    for (const uid of known.filter((uid) => this.#sizeOf(uid) > most)) {
      yield { uid, content: { kind: 'larger' }, size: this.#sizeOf(uid) };
    }
    const small = known.filter((uid) => this.#sizeOf(uid) <= most);
    for (let [asked, read] = [0, 0]; read < small.length; read++) {
      while (asked < small.length && asked < read + this.#settings.ahead) this.#ask(small[asked++]!);
      const bytes = await this.#message();
      const uid = small[read]!;
      if (bytes) yield { uid, content: { kind: 'whole', bytes }, size: this.#sizeOf(uid) };
    }
  }

  async *stream(uid: string): AsyncGenerator<Buffer> {
    if (!this.#numbers.has(uid)) return;
    this.#ask(uid);
    const { ok } = await this.#connection.status();
    if (ok) yield* this.#bounded();
  }

  async act(uids: readonly string[], action: MessageAction): Promise<void> {
    if (action.kind !== 'delete') throw new MailboxFault('refused', `POP3 knows no ${action.kind}`);
    const known = uids.filter((uid) => this.#numbers.has(uid));
    const refused: string[] = [];
    for (let [asked, read] = [0, 0]; read < known.length; read++) {
      while (asked < known.length && asked < read + this.#settings.ahead) {
        this.#connection.send(`DELE ${this.#numbers.get(known[asked++]!)}`, 'one line');
      }
      const { ok, text } = await this.#connection.status();
      if (!ok) refused.push(text);
    }
    if (refused.length > 0) {
      await this.#connection.command('RSET');
      const said = printable(refused[0]!);
      throw new MailboxFault('refused', `the server does not delete ${refused.length} of ${known.length}: ${said}`);
    }
    await this.#settings.quit();
  }

  // A session never sees mail that came after its beginning.
  async waitForNews(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }

  #ask(uid: string): void {
    this.#connection.send(`RETR ${this.#numbers.get(uid)}`, 'lines');
  }

  /** Undefined for a message that is gone. */
  async #message(): Promise<Buffer | undefined> {
    const { ok } = await this.#connection.status();
    if (!ok) return undefined;
    const pieces: Buffer[] = [];
    for await (const piece of this.#bounded()) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *#bounded(): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const piece of this.#connection.body()) {
      size += piece.length;
      if (size > this.#settings.most) {
        this.#connection.abandon();
        throw new MailboxFault('protocol', 'a message does not end where the server says that it ends');
      }
      yield piece;
    }
  }

  #sizeOf(uid: string): number {
    return this.#sizes.get(this.#numbers.get(uid) ?? '') ?? 0;
  }
}

/** Numbers by UIDL, in the order of the server. */
async function uidListing(connection: Pop3Connection): Promise<ReadonlyMap<string, string>> {
  const { ok, text } = await connection.command('UIDL', 'lines');
  if (!ok) {
    throw new MailboxFault(
      'refused',
      `the server does not tell its messages apart (UIDL), so none can be collected: ${printable(text)}`,
    );
  }
  const numbers = new Map<string, string>();
  for (const line of await linesOf(connection)) {
    const [, number, uid] = /^(\d+) +([\x21-\x7e]+)\s*$/.exec(line) ?? [];
    if (number === undefined || uid === undefined) continue;
    if (numbers.has(uid)) {
      throw new MailboxFault('refused', 'the server gives two messages the same UIDL, so none can be collected');
    }
    numbers.set(uid, number);
  }
  return numbers;
}

async function sizeListing(connection: Pop3Connection): Promise<ReadonlyMap<string, number>> {
  const { ok } = await connection.command('LIST', 'lines');
  const lines = ok ? await linesOf(connection) : [];
  return new Map(lines.map((line) => line.split(' ')).map(([number = '', size = '0']) => [number, Number(size)]));
}
