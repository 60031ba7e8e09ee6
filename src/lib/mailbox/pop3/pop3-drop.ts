import { printable } from '../../text/printable.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import type { Fetched, MessageAction, OpenFolder } from '../session.ts';
import { linesOf } from './listing.ts';
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
    // One without a size may be of any.
    const isSmall = (uid: string) => (this.#sizeOf(uid) ?? Infinity) <= most;
    for (const uid of known.filter((uid) => !isSmall(uid))) {
      yield { uid, content: { kind: 'larger' }, size: this.#sizeOf(uid) };
    }
    const small = known.filter(isSmall);
    try {
      for (let [asked, read] = [0, 0]; read < small.length; read++) {
        while (asked < small.length && asked < read + this.#settings.ahead) this.#ask(small[asked++]!);
        const bytes = await this.#message();
        const uid = small[read]!;
        if (bytes) yield { uid, content: { kind: 'whole', bytes }, size: this.#sizeOf(uid) };
      }
    } finally {
      await this.#connection.passOver();
    }
  }

  async *stream(uid: string): AsyncGenerator<Buffer> {
    if (!this.#numbers.has(uid)) return;
    this.#ask(uid);
    try {
      const { ok } = await this.#connection.status();
      if (ok) yield* this.#bounded();
    } finally {
      await this.#connection.passOver();
    }
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
      const reset = await this.#connection.command('RSET');
      // What is still marked, a QUIT would remove.
      if (!reset.ok) this.#connection.abandon();
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
        throw this.#connection.breakOff(
          `a message is longer than ${this.#settings.most} bytes, whatever was said of it`,
        );
      }
      yield piece;
    }
  }

  #sizeOf(uid: string): number | undefined {
    return this.#sizes.get(this.#numbers.get(uid)!);
  }
}

/** Numbers by UIDL, in the order of the server. */
async function uidListing(connection: Pop3Connection): Promise<ReadonlyMap<string, string>> {
  const { ok, text } = await connection.command('UIDL', 'lines');
  if (!ok) throw indistinct(`it has no UIDL (${printable(text)})`);
  const numbers = new Map<string, string>();
  for (const line of await linesOf(connection)) {
    const [, number, uid] = /^(\d{1,10}) +([\x21-\x7e]+) *$/.exec(line) ?? [];
    if (number === undefined || uid === undefined) throw indistinct(`it lists ${printable(line.slice(0, 100))}`);
    if (numbers.has(uid)) throw indistinct(`two of them have the UIDL ${uid.slice(0, 100)}`);
    numbers.set(uid, number);
  }
  if (new Set(numbers.values()).size < numbers.size) throw indistinct('two of them have the same number');
  return numbers;
}

function indistinct(why: string): MailboxFault {
  const words = 'the server does not tell its messages apart, so none of them can be collected';
  return new MailboxFault('refused', `${words}: ${why}`);
}

async function sizeListing(connection: Pop3Connection): Promise<ReadonlyMap<string, number>> {
  const { ok, text } = await connection.command('LIST', 'lines');
  if (!ok) throw new MailboxFault('refused', `the server does not list its messages: ${printable(text)}`);
  const rows = (await linesOf(connection)).map((line) => /^(\d{1,10}) +(\d{1,15})(?: |$)/.exec(line) ?? []);
  return new Map(rows.flatMap(([, number, size]) => (number === undefined ? [] : [[number, Number(size)] as const])));
}
