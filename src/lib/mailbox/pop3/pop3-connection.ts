import type { Socket } from 'node:net';
import { errno, reason } from '../../errors.ts';
import { DialFault, reach, secure } from '../../net/dial.ts';
import { reachThrough } from '../../net/proxied.ts';
import { printable } from '../../text/printable.ts';
import type { MailboxAccess } from '../access.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import {
  longestListing,
  NoReply,
  ReplyReader,
  type Question,
  type ReplyPart,
  type ReplyShape,
  type Status,
} from './reply-reader.ts';

/** Of what a server says unasked, so much is shown. */
const mostUnasked = 200;

/** A connection to a POP3 server: commands go out, and replies are read when somebody wants them. */
export class Pop3Connection {
  readonly #access: MailboxAccess;
  readonly #reader = new ReplyReader();
  #socket: Socket;
  #fault: Error | undefined;
  #hasEnded = false;
  #patience: number;
  #wake: () => void = () => undefined;
  /** Of what stands behind the last status. */
  #bodyBytes = 0;

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
    this.#patience = access.connectMs;
    this.#socket = socket;
    // The server speaks first.
    this.#reader.expect('one line');
    this.#follow(socket);
  }

  get socket(): Socket {
    return this.#socket;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && !this.#hasEnded;
  }

  async greeting(): Promise<Status> {
    const greeting = await this.status();
    this.#patience = this.#access.silenceMs;
    return greeting;
  }

  send(line: string, shape: ReplyShape): void {
    // It would be taken for the reply, and each reply after it for that of the command before.
    if (!this.#reader.isOwed && this.#reader.hasMore) throw this.breakOff('the server answers what nobody has asked');
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
    const part = await this.answer();
    if (part.kind === 'question') throw new Error('a question is read where none is expected');
    return part;
  }

  /** What comes next in an exchange. */
  async answer(): Promise<Status | Question> {
    const part = await this.#part();
    if (part.kind === 'status' || part.kind === 'question') return part;
    throw new Error('a reply is read before the one before it has ended');
  }

  /** What stands behind a positive status; to be read to its end. */
  async *body(): AsyncGenerator<Buffer> {
    for (;;) {
      const part = await this.#part();
      if (part.kind === 'end') return;
      if (part.kind === 'piece') yield part.bytes;
    }
  }

  /** Lets pass by what the server still owes. */
  async passOver(): Promise<void> {
    while (this.isOpen && this.#reader.isOwed) await this.#part();
  }

  /** TLS on this connection, after the server has agreed to it. */
  async startTls(signal: AbortSignal): Promise<void> {
    const socket = this.#socket;
    // Somebody in between could have put in replies that would be taken for the server's.
    if (this.#reader.hasMore || socket.readableLength > 0) {
      this.abandon();
      throw new MailboxFault('tls', 'something was sent between STLS and TLS; somebody may be in between');
    }
    // Its faults are still listened to.
    socket.off('readable', this.#onReadable).off('end', this.#onEnd).off('close', this.#onEnd);
    const { tls, connectMs } = this.#access;
    this.#socket = await dialled(() => secure(socket, this.#access, tls, { connectMs }, signal));
    this.#follow(this.#socket);
  }

  abandon(): void {
    this.#socket.destroy();
  }

  /** Ends the connection; what is returned is to be thrown. */
  breakOff(why: string): MailboxFault {
    this.abandon();
    return new MailboxFault('protocol', why);
  }

  async #part(): Promise<ReplyPart> {
    for (;;) {
      const part = this.#read();
      if (part === undefined) {
        this.#reader.push(await this.#chunk());
        continue;
      }
      this.#bodyBytes = part.kind === 'piece' ? this.#bodyBytes + part.bytes.length : 0;
      // No reader wants more than this, not even one that lets it pass by.
      if (this.#bodyBytes > Math.max(longestListing, this.#access.longest)) throw this.breakOff('a reply does not end');
      return part;
    }
  }

  #read(): ReplyPart | undefined {
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      throw this.breakOff(`what comes is no reply of POP3: ${error.message}`);
    }
  }

  async #chunk(): Promise<Buffer> {
    const socket = this.#socket;
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk) return chunk;
      if (!this.isOpen) throw this.#lost();
      await this.#sign();
    }
  }

  /** Resolves when there is something to read, or nothing more to come. */
  async #sign(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(() => {
      this.abandon();
      reject(new MailboxFault('timeout', `the server has said nothing for ${this.#patience} ms`));
    }, this.#patience);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #lost(): MailboxFault {
    // From the other side it may be open still.
    this.abandon();
    if (this.#fault instanceof MailboxFault) return this.#fault;
    const why = this.#fault === undefined ? '' : `: ${printable(reason(this.#fault))}`;
    const code = this.#fault && errno(this.#fault);
    return new MailboxFault(code === 'ETIMEDOUT' ? 'timeout' : 'lost', `the connection has ended${why}`);
  }

  readonly #onReadable = (): void => {
    if (this.#reader.isOwed) return this.#wake();
    // Without a reader the end would not be noticed either. What comes is a farewell, or nothing that can be understood.
    const unasked = this.#socket.read() as Buffer | null;
    if (unasked === null) return;
    const said = printable(unasked.toString('utf8', 0, mostUnasked).trimEnd());
    this.#fault ??= new MailboxFault('lost', `the server says, without having been asked: ${said}`);
    this.abandon();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.#wake();
  };

  #follow(socket: Socket): void {
    socket.on('error', (error) => (this.#fault ??= error));
    // As long as nobody reads, no more is taken from the server than the socket holds.
    socket.on('readable', this.#onReadable).on('end', this.#onEnd).on('close', this.#onEnd);
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
