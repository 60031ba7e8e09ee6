import { connect, type Socket } from 'node:net';

/** A message as a test sends it; `content` is what the server shall keep, before any dot is doubled. */
export interface Letter {
  readonly from?: string;
  readonly to?: readonly string[];
  readonly content: Buffer;
}

export interface Reply {
  readonly code: number;
  /** All lines, without the last CRLF. */
  readonly text: string;
}

/** The server closed before it answered: whatever was sent last is in doubt. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

const dottedLine = Buffer.from('\r\n.', 'latin1');

/** The content as it goes over the wire, with dots doubled and the dot that ends it. */
export function onTheWire(content: Buffer): Buffer {
  const pieces: Buffer[] = content[0] === 0x2e ? [Buffer.from('.')] : [];
  let from = 0;
  for (let at = content.indexOf(dottedLine); at >= 0; at = content.indexOf(dottedLine, from)) {
    pieces.push(content.subarray(from, at + 3), Buffer.from('.'));
    from = at + 3;
  }
  pieces.push(content.subarray(from));
  const isEnded = content.length === 0 || content.subarray(-2).equals(Buffer.from('\r\n'));
  pieces.push(Buffer.from(isEnded ? '.\r\n' : '\r\n.\r\n'));
  return Buffer.concat(pieces);
}

/** One SMTP connection that says what the test wants, in the order in which the test wants it. */
export class SmtpClient {
  readonly #socket: Socket;
  readonly #replies: Reply[] = [];
  readonly #waiting: PromiseWithResolvers<Reply>[] = [];
  #received = '';

  private constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1').on('data', (text: string) => this.#take(text));
    // What an error was does not matter: 'close' follows it.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new ConnectionLost());
    });
  }

  static async connect(port: number): Promise<SmtpClient> {
    const client = new SmtpClient(port);
    await client.reply();
    await client.command('EHLO client.example.test');
    return client;
  }

  /** The next reply that nobody has had yet. */
  reply(): Promise<Reply> {
    const next = this.#replies.shift();
    if (next) return Promise.resolve(next);
    if (this.#socket.closed) return Promise.reject(new ConnectionLost());
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  write(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  command(line: string): Promise<Reply> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** The envelope and DATA in one go; the reply is 354, or the first one that is no success. */
  async begin({
    from = 'sender@example.test',
    to = ['trap@example.net'],
  }: Omit<Letter, 'content'> = {}): Promise<Reply> {
    const lines = [`MAIL FROM:<${from}>`, ...to.map((recipient) => `RCPT TO:<${recipient}>`), 'DATA'];
    this.write(lines.map((line) => `${line}\r\n`).join(''));
    const replies: Reply[] = [];
    for (let count = 0; count < lines.length; count++) replies.push(await this.reply());
    return replies.find(({ code }) => code >= 400) ?? replies.at(-1)!;
  }

  /** The last word on a message: 250 when it was taken. */
  async send(letter: Letter): Promise<Reply> {
    const ready = await this.begin(letter);
    if (ready.code !== 354) return ready;
    this.write(onTheWire(letter.content));
    return this.reply();
  }

  async quit(): Promise<void> {
    await this.command('QUIT');
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    for (;;) {
      const whole = /^(?:\d{3}-.*\r\n)*(\d{3})(?: .*)?\r\n/.exec(this.#received);
      if (!whole) return;
      this.#received = this.#received.slice(whole[0].length);
      const reply = { code: Number(whole[1]), text: whole[0].trimEnd() };
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(reply);
      else this.#replies.push(reply);
    }
  }
}

export interface Sent<Kind extends Letter> {
  readonly letter: Kind;
  /** Missing when the connection was lost before the answer came. */
  readonly reply?: Reply;
}

/** Sends letters over several connections at once, until there are no more or every connection is lost. */
export async function sendOver<Kind extends Letter>(
  port: number,
  connections: number,
  letters: Iterator<Kind>,
): Promise<Sent<Kind>[]> {
  const sent: Sent<Kind>[] = [];
  const keepBusy = async () => {
    const client = await SmtpClient.connect(port);
    for (let next = letters.next(); !next.done; next = letters.next()) {
      const letter = next.value;
      const reply = await client.send(letter).catch(lost);
      sent.push({ letter, ...(reply && { reply }) });
      if (!reply) return;
    }
    await client.quit();
  };
  await Promise.all(Array.from({ length: connections }, () => keepBusy().catch(lost)));
  return sent;
}

function lost(error: unknown): undefined {
  if (!(error instanceof ConnectionLost)) throw error;
  return undefined;
}
