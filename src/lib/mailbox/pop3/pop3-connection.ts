import type { Socket } from 'node:net';
import { errno, reason } from '../../errors.ts';
import { DialFault, reach, secure } from '../../net/dial.ts';
import { reachThrough } from '../../net/proxied.ts';
import { printable } from '../../text/printable.ts';
import type { MailboxAccess } from '../access.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import { NoReply, ReplyReader, type ReplyPart, type ReplyShape, type Status } from './reply-reader.ts';

/** A connection to a POP3 server: commands go out, and replies are read when somebody wants them. */
export class Pop3Connection {
  readonly #access: MailboxAccess;
  readonly #reader = new ReplyReader();
  #socket: Socket;
  #fault: Error | undefined;

  static async open(access: MailboxAccess, signal: AbortSignal): Promise<Pop3Connection> {
    const { proxy, security, tls, connectMs } = access;
    return dialled(async () => {
      const socket =
        proxy === undefined
          ? await reach(access, { connectMs }, signal)
          : await reachThrough(new URL(proxy), access, { connectMs }, signal);
      const isImplicit = security === 'implicit';
      return new Pop3Connection(access, isImplicit ? await secure(socket, access, tls, { connectMs }, signal) : socket);
    });
  }

  private constructor(access: MailboxAccess, socket: Socket) {
    this.#access = access;
    this.#socket = socket;
    this.#follow(socket);
    // The server speaks first.
    this.#reader.expect('one line');
  }

  get socket(): Socket {
    return this.#socket;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#fault === undefined;
  }

  send(line: string, shape: ReplyShape): void {
    this.#reader.expect(shape);
    this.#socket.write(`${line}\r\n`);
  }

  /** One more line of a command whose reply is awaited already. */
  sendMore(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  async command(line: string, shape: ReplyShape = 'one line'): Promise<Status> {
    this.send(line, shape);
    return this.status();
  }

  async status(): Promise<Status> {
    const part = await this.#part();
    if (part.kind !== 'status') throw new Error('a reply is read before the one before it has ended');
    return part;
  }

  /** What stands behind a positive status; to be read to its end. */
  async *body(): AsyncGenerator<Buffer> {
    for (;;) {
      const part = await this.#part();
      if (part.kind === 'end') return;
      if (part.kind === 'piece') yield part.bytes;
    }
  }

  /** TLS on this connection, after the server has agreed to it. */
  async startTls(signal: AbortSignal): Promise<void> {
    // Somebody in between could have put in replies that would be taken for the server's.
    if (this.#reader.hasMore || this.#socket.readableLength > 0) {
      this.abandon();
      throw new MailboxFault('tls', 'something was sent between STLS and TLS; somebody may be in between');
    }
    const { tls, connectMs } = this.#access;
    this.#socket = await dialled(() => secure(this.#socket, this.#access, tls, { connectMs }, signal));
    this.#follow(this.#socket);
  }

  abandon(): void {
    this.#socket.destroy();
  }

  async #part(): Promise<ReplyPart> {
    for (;;) {
      const part = this.#read();
      if (part) return part;
      this.#reader.push(await this.#chunk());
    }
  }

  #read(): ReplyPart | undefined {
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      this.abandon();
      throw new MailboxFault('protocol', `what comes is no reply of POP3: ${error.message}`, { cause: error });
    }
  }

  async #chunk(): Promise<Buffer> {
    const socket = this.#socket;
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk) return chunk;
      if (socket.readableEnded || socket.destroyed) throw this.#lost();
      await this.#sign();
    }
  }

  /** Resolves when there is something to read, or nothing more to come. */
  async #sign(): Promise<void> {
    const socket = this.#socket;
    const { silenceMs } = this.#access;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.abandon();
      reject(new MailboxFault('timeout', `the server has said nothing for ${silenceMs} ms`));
    }, silenceMs);
    const seen = () => resolve();
    for (const event of ['readable', 'end', 'close'] as const) socket.on(event, seen);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      for (const event of ['readable', 'end', 'close'] as const) socket.off(event, seen);
    }
  }

  #lost(): MailboxFault {
    const why = this.#fault === undefined ? '' : `: ${printable(reason(this.#fault))}`;
    const code = this.#fault && errno(this.#fault);
    return new MailboxFault(code === 'ETIMEDOUT' ? 'timeout' : 'lost', `the server has closed the connection${why}`);
  }

  #follow(socket: Socket): void {
    socket.on('error', (error) => (this.#fault ??= error));
  }
}

async function dialled<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DialFault) throw new MailboxFault(error.kind, error.message, { cause: error });
    throw error;
  }
}
