import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTheWire } from './smtp-client.ts';

/** Delivers messages, one after the other, and takes nothing but success for an answer. */
export class LmtpClient {
  readonly #socket: Socket;
  #received = '';
  #look: () => void = () => undefined;

  static async connect(port: number): Promise<LmtpClient> {
    const client = new LmtpClient(connect({ port, host: '127.0.0.1' }));
    await client.#reply();
    await client.#say('LHLO client.example.test');
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      this.#look();
    });
    socket.on('error', () => undefined).on('close', () => this.#look());
  }

  async deliver(user: string, message: Buffer): Promise<void> {
    await this.#say('MAIL FROM:<spammer@example.org>');
    await this.#say(`RCPT TO:<${user}>`);
    await this.#say('DATA');
    this.#socket.write(onTheWire(message));
    await this.#reply();
  }

  close(): void {
    this.#socket.end('QUIT\r\n');
    void once(this.#socket, 'close');
  }

  async #say(line: string): Promise<void> {
    this.#socket.write(`${line}\r\n`);
    await this.#reply();
  }

  async #reply(): Promise<void> {
    for (;;) {
      const last = /^(?:\d{3}-[^\r]*\r\n)*(\d)\d\d [^\r]*\r\n/.exec(this.#received);
      if (last) {
        this.#received = this.#received.slice(last[0].length);
        if (last[1] === '2' || last[1] === '3') return;
        throw new Error(`The server says ${last[0]}`);
      }
      if (this.#socket.closed) throw new Error(`The server closed after ${this.#received}`);
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }
}
