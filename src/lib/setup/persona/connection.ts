import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { peerText } from '../../text/peer-text.ts';

export interface Server {
  readonly host: string;
  readonly port: number;
  /** Whether TLS begins with the first byte, or where the server offers it. */
  readonly tls: 'starttls' | 'implicit';
}

export interface Timing {
  /** Milliseconds. */
  readonly now: () => number;
  /** How long a server may think about a reply. */
  readonly patience: number;
}

export interface Reply {
  /** Without its last line end; lines end with LF. */
  readonly text: string;
  /** Milliseconds that it took. */
  readonly ms: number;
}

/** More than this is no reply. */
const mostBytes = 64 * 2 ** 10;
/** Not every server has a blank behind its code, or anything at all. */
const wholeReply = /^(?:\d{3}-[^\n]*\n)*\d{3}(?:[^-\d\n][^\n]*)?\n/;
/** How long a server may take to close a connection that is over. */
const farewell = 2000;

/** It is not the server that ended the conversation. */
export class OutOfPatience extends Error {
  override readonly name = 'OutOfPatience';
}

/** A connection to a server that is asked one thing after the other. What goes wrong is thrown. */
export class Connection {
  readonly #server: Server;
  readonly #timing: Timing;
  #socket: Socket;
  #isOpen = false;
  #received = '';
  #ending: Error | undefined;
  #stirred = Promise.withResolvers<void>();

  constructor(server: Server, timing: Timing) {
    this.#server = server;
    this.#timing = timing;
    this.#socket = connect({ host: server.host, port: server.port });
    this.#attend(this.#socket, 'connect');
  }

  /** To be called before anything else. */
  async open(): Promise<void> {
    await this.#until(() => this.#isOpen || undefined);
    if (this.#server.tls === 'implicit') await this.secure();
  }

  say(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  async hear(): Promise<Reply> {
    const asked = this.#timing.now();
    const text = await this.#until(() => this.#takeReply());
    return { text, ms: this.#timing.now() - asked };
  }

  /** Begins TLS. Whoever the server says it is: nothing that it must not know is told to it. */
  async secure(): Promise<void> {
    const { host } = this.#server;
    this.#isOpen = false;
    // RFC 3207: what came in clear behind the reply was said by somebody else.
    this.#received = '';
    const name = isIP(host) === 0 ? { servername: host } : {};
    this.#socket = connectTls({ socket: this.#socket, rejectUnauthorized: false, ...name });
    this.#attend(this.#socket, 'secureConnect');
    await this.#until(() => this.#isOpen || undefined);
  }

  /** Takes leave as a client should, and resolves when the server has let go. */
  async leave(): Promise<void> {
    this.#socket.end('QUIT\r\n');
    const timer = setTimeout(() => this.drop(), farewell);
    while (!this.#ending) await this.#stirred.promise;
    clearTimeout(timer);
    this.drop();
  }

  drop(): void {
    this.#end(new OutOfPatience('it was left'));
    this.#socket.destroy();
  }

  #attend(socket: Socket, opened: 'connect' | 'secureConnect'): void {
    const isOurs = () => socket === this.#socket;
    socket.on(opened, () => {
      this.#isOpen = true;
      this.#stir();
    });
    // The socket that TLS runs over tells the same once more.
    socket.on('data', (chunk: Buffer) => isOurs() && this.#take(chunk));
    socket.on('error', (error) => isOurs() && this.#end(error));
    socket.on('close', () => isOurs() && this.#end(new Error('it closes the connection')));
  }

  #take(chunk: Buffer): void {
    // A character may come in two pieces: text is made of whole replies.
    this.#received += chunk.toString('latin1');
    if (this.#received.length > mostBytes) this.#giveUp('what it says is no SMTP');
    this.#stir();
  }

  #takeReply(): string | undefined {
    const whole = wholeReply.exec(this.#received)?.[0];
    if (whole === undefined) return undefined;
    this.#received = this.#received.slice(whole.length);
    return peerText(Buffer.from(whole, 'latin1'))
      .slice(0, -1)
      .replaceAll(/\r(?=\n|$)/g, '');
  }

  async #until<Found>(find: () => Found | undefined): Promise<Found> {
    const { patience } = this.#timing;
    const timer = setTimeout(() => this.#giveUp(`no reply within ${patience / 1000} s`), patience);
    try {
      for (;;) {
        const found = find();
        if (found !== undefined) return found;
        if (this.#ending) throw this.#ending;
        await this.#stirred.promise;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #giveUp(why: string): void {
    this.#end(new OutOfPatience(why));
    this.#socket.destroy();
  }

  #end(why: Error): void {
    this.#ending ??= why;
    this.#stir();
  }

  #stir(): void {
    this.#stirred.resolve();
    this.#stirred = Promise.withResolvers();
  }
}
