import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket, type ConnectionOptions } from 'node:tls';

export interface PeerOptions {
  readonly port: number;
  /** From which address of the loopback network it comes. */
  readonly from?: string;
  /** TLS from the first byte. */
  readonly tls?: ConnectionOptions | undefined;
  readonly halfOpen?: boolean;
}

/** Whoever checks nothing can speak with everybody. */
export const anyServer: ConnectionOptions = { rejectUnauthorized: false };

/** Nothing here takes so long; it only turns a test that hangs into one that says what it saw. */
const patience = 45_000;

/** Resolves with the work, or rejects with what is to be said when it takes too long. */
export async function inTime(work: () => Promise<void>, account: () => string): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(account())), patience);
  try {
    await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Somebody on the other side of a connection who writes what it wants, when it wants. */
export class Peer {
  socket: Socket;
  /** All that it was told, as latin1. */
  received = '';
  #changed = Promise.withResolvers<void>();

  constructor({ port, from, tls, halfOpen = false }: PeerOptions) {
    const where = {
      port,
      host: '127.0.0.1',
      noDelay: true,
      allowHalfOpen: halfOpen,
      ...(from !== undefined && { localAddress: from }),
    };
    this.socket = tls ? connectTls({ ...where, ...tls }) : connect(where);
    this.#listenTo(this.socket);
  }

  write(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    return this;
  }

  /** Resolves when it was told this. */
  async hears(text: string | RegExp): Promise<string> {
    await this.#until(() => this.received.search(text instanceof RegExp ? text : quoted(text)) >= 0);
    return this.received;
  }

  /** Resolves when it was told so many replies. */
  async replies(count: number): Promise<readonly string[]> {
    await this.#until(() => this.finals.length >= count);
    return this.finals;
  }

  /** Writes, and resolves with the next reply's last line. */
  async ask(text: string | Buffer): Promise<string> {
    const before = this.finals.length;
    this.write(text);
    return (await this.replies(before + 1))[before]!;
  }

  /** The last lines of the replies so far. */
  get finals(): readonly string[] {
    return this.received.match(/^\d{3}(?: .*)?(?=\r$)/gm) ?? [];
  }

  async isConnected(): Promise<void> {
    if (this.socket.connecting) await once(this.socket, 'connect');
  }

  async isClosed(): Promise<void> {
    await inTime(
      async () => {
        while (!this.socket.closed) await this.#changed.promise;
      },
      () => `still open after ${this.#account()}`,
    );
  }

  /** Goes on in TLS. */
  async secure(options: ConnectionOptions = anyServer): Promise<void> {
    this.socket.removeAllListeners('data');
    const secure = connectTls({ socket: this.socket, ...options });
    this.socket = secure;
    this.#listenTo(secure);
    await once(secure, 'secureConnect');
  }

  /** Under TLS it can only be gone without a word. */
  reset(): void {
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #listenTo(socket: Socket): void {
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
      this.#tell();
    });
    // What went wrong does not matter: 'close' follows it.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#tell());
  }

  async #until(isSo: () => boolean): Promise<void> {
    await inTime(
      async () => {
        while (!isSo()) {
          if (this.socket.closed) throw new Error(`closed after ${this.#account()}`);
          await this.#changed.promise;
        }
      },
      () => `heard nothing more than ${this.#account()}`,
    );
  }

  #account(): string {
    return JSON.stringify(this.received.slice(-500));
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function quoted(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
