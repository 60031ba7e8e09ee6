import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Heard {
  readonly lines: readonly string[];
  /** From the moment at which somebody began to wait for it. */
  readonly afterMs: number;
}

/** One connection to a server: bytes go out, whole replies come in. */
export class Conversation {
  #socket: Socket;
  #received = '';
  #unfollow: () => void;
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#unfollow = this.#follow(socket);
  }

  static async open(port: number): Promise<Conversation> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const conversation = new Conversation(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return conversation;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  get hasUnread(): boolean {
    return this.#received !== '';
  }

  write(bytes: Buffer): void {
    if (!this.#ended) this.#socket.write(bytes);
  }

  /** From here on everything is in TLS. Fails when the other side does not play along. */
  async secure(): Promise<void> {
    this.#unfollow();
    const socket = connectTls({ socket: this.#socket, rejectUnauthorized: false });
    this.#socket = socket;
    this.#unfollow = this.#follow(socket);
    await new Promise<void>((resolve, reject) => {
      const refuse = () => reject(new Error('no TLS'));
      const timer = setTimeout(refuse, 5_000);
      socket.once('secureConnect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once('close', refuse);
    });
  }

  /** The next reply, or what there is of one when the connection ends or the time is over. */
  async reply(patience: number): Promise<Heard | undefined> {
    const start = performance.now();
    const end = start + patience;
    for (;;) {
      const lines = this.#takeReply();
      if (lines) return { lines, afterMs: performance.now() - start };
      const left = end - performance.now();
      if (this.#ended || left <= 0) {
        if (!this.#ended || this.#received === '') return undefined;
        const rest = this.#received;
        this.#received = '';
        return { lines: [rest], afterMs: performance.now() - start };
      }
      await this.#change(left);
    }
  }

  /** Whether the server closes within this time. It may say something before that. */
  async closes(patience: number): Promise<boolean> {
    const end = performance.now() + patience;
    while (!this.#ended && this.#received === '' && performance.now() < end) {
      await this.#change(end - performance.now());
    }
    return this.#ended;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Returns how to stop. */
  #follow(socket: Socket): () => void {
    const take = (bytes: Buffer) => {
      this.#received += bytes.toString('latin1');
      this.#wake();
    };
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('data', take).on('end', end).on('close', end);
    // What an error was does not matter: 'close' follows it.
    socket.on('error', () => undefined);
    return () => void socket.off('data', take).off('end', end).off('close', end);
  }

  #change(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  #takeReply(): string[] | undefined {
    const whole = /^(?:(?!\d{3}(?: |\r?\n))[^\n]*\n)*\d{3}(?: [^\n]*|\r?)\n/.exec(this.#received);
    if (!whole) return undefined;
    this.#received = this.#received.slice(whole[0].length);
    return whole[0].replace(/\r\n$/, '').split('\r\n');
  }
}
