import { connect, type Socket } from 'node:net';

/** One IMAP connection, raw: commands go out as they are written, and what comes back stays bytes. */
export class ImapClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #look: () => void = () => undefined;
  #commands = 0;

  private constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1' });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#look();
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#look());
  }

  static async login(port: number, user: string, password: string): Promise<ImapClient> {
    const client = new ImapClient(port);
    await client.#until(/^\* OK .*\r\n/);
    await client.command(`LOGIN ${user} ${password}`);
    return client;
  }

  /** Everything that the server says up to its OK, one character for each byte. Anything but OK throws. */
  async command(text: string): Promise<string> {
    const tag = `t${++this.#commands}`;
    this.#socket.write(`${tag} ${text}\r\n`);
    const answer = await this.#until(new RegExp(`^(?:[^]*\\r\\n)?${tag} (?:OK|NO|BAD) .*\\r\\n`));
    if (!answer.slice(answer.lastIndexOf(`${tag} `)).startsWith(`${tag} OK`)) throw new Error(answer);
    return answer;
  }

  async append(folder: string, message: Buffer): Promise<void> {
    const tag = `t${++this.#commands}`;
    this.#socket.write(`${tag} APPEND ${folder} {${message.length}}\r\n`);
    await this.#until(/^\+.*\r\n/m);
    this.#socket.write(message);
    this.#socket.write('\r\n');
    await this.#until(new RegExp(`^(?:[^]*\\r\\n)?${tag} OK .*\\r\\n`));
  }

  /** The exact bytes of one message. */
  async fetchBody(number: number): Promise<Buffer> {
    const answer = await this.command(`FETCH ${number} BODY.PEEK[]`);
    const literal = /BODY\[\] \{(\d+)\}\r\n/.exec(answer);
    if (!literal) throw new Error(answer);
    const start = literal.index + literal[0].length;
    return Buffer.from(answer.slice(start, start + Number(literal[1])), 'latin1');
  }

  async logout(): Promise<void> {
    await this.command('LOGOUT');
    this.#socket.destroy();
  }

  async #until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#received.toString('latin1'));
      if (found) {
        this.#received = this.#received.subarray(found[0].length);
        return found[0];
      }
      if (this.#socket.closed) throw new Error(`The server closed after ${this.#received.toString('latin1')}`);
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }
}
