import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Address } from '../../capture/capture.ts';
import { reason } from '../../errors.ts';
import { dial, DialFault, type DialSettings, type ServerPlace } from '../../net/dial.ts';
import { readAnnouncement } from '../capability.ts';
import { decodeFrame } from '../wire/decode.ts';
import { encodeFrame, publishHead } from '../wire/encode.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { type RawFrame, WireError } from '../wire/frame.ts';
import { largestFrame, limitsWith } from '../wire/limits.ts';
import { authDigest } from '../wire/secret.ts';
import { FeedFault } from './feed-fault.ts';
import { refusal } from './refusal.ts';

export interface Message {
  readonly ident: string;
  readonly channel: string;
  readonly payload: Buffer;
}

export interface LinkSettings extends DialSettings {
  readonly place: ServerPlace;
  readonly ident: string;
  readonly secret: string;
  /** How long the broker may take to greet. */
  readonly greetingMs: number;
}

// A broker that sends more than any takes is no broker.
const incoming = limitsWith(largestFrame);

/** Shorter payloads are copied together: that costs less than to write each by itself. */
const copied = 32 * 2 ** 10;

/**
 * One connection to a broker, on which we have said who we are. A broker does not answer that: whether it believed us
 * shows when something comes back, or an ERROR does. Any ERROR ends the link, because it does not say to what it is
 * the answer.
 */
export class Link {
  /** Told of what is published on channels that are subscribed. */
  onMessage: (message: Message) => void = () => undefined;
  /** The name with which the broker greets. */
  broker = '';
  /** The time on its clock as it greeted; undefined for brokers that do not tell. */
  brokerTime: number | undefined;
  readonly at: Address;
  readonly #socket: Socket;
  readonly #ident: string;
  readonly #reader = new FrameReader(incoming);
  readonly #channels = new Set<string>();
  readonly #end = Promise.withResolvers<FeedFault>();
  readonly #greeted = Promise.withResolvers<Buffer>();
  readonly #finished = Promise.withResolvers<void>();
  #fault: FeedFault | undefined;
  #heard = false;

  /** Connects, waits for the greeting and says who we are. */
  static async open(settings: LinkSettings, signal: AbortSignal): Promise<Link> {
    try {
      return await Link.greet(await dial(settings.place, settings, signal), settings, signal);
    } catch (error) {
      throw error instanceof DialFault ? new FeedFault(error.kind, error.message, { cause: error }) : error;
    }
  }

  /** The same on a connection that is there. */
  static async greet(
    socket: Socket,
    { ident, secret, greetingMs }: Pick<LinkSettings, 'ident' | 'secret' | 'greetingMs'>,
    signal: AbortSignal,
  ): Promise<Link> {
    const link = new Link(socket, ident);
    const late = setTimeout(() => link.#fail(silent(greetingMs)), greetingMs);
    const giveUp = () => link.close();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const nonce = await Promise.race([link.#greeted.promise, link.ended.then((fault) => Promise.reject(fault))]);
      socket.write(encodeFrame({ operation: 'auth', ident, digest: authDigest(nonce, secret) }));
      return link;
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', giveUp);
      signal.throwIfAborted();
    }
  }

  private constructor(socket: Socket, ident: string) {
    this.#socket = socket;
    this.#ident = ident;
    this.at = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => {
      if (socket.writableEnded) this.#finished.resolve();
      this.#fail(this.#ended());
    });
    socket.on('error', (error) => this.#fail(lost(error)));
    socket.on('close', () => this.#fail(new FeedFault('lost', 'the connection is gone')));
  }

  /** Resolves with the reason when the link is of no use any more. */
  get ended(): Promise<FeedFault> {
    return this.#end.promise;
  }

  get fault(): FeedFault | undefined {
    return this.#fault;
  }

  /** What TLS settled, where the link is in TLS. */
  get tls(): string | undefined {
    return 'getProtocol' in this.#socket ? ((this.#socket as TLSSocket).getProtocol() ?? undefined) : undefined;
  }

  /** Once for each channel: a second time leaves the reference with a subscription that outlives the connection. */
  subscribe(channel: string): void {
    if (this.#channels.has(channel)) return;
    this.#channels.add(channel);
    this.#socket.write(encodeFrame({ operation: 'subscribe', ident: this.#ident, channel }));
  }

  unsubscribe(channel: string): void {
    if (!this.#channels.delete(channel)) return;
    this.#socket.write(encodeFrame({ operation: 'unsubscribe', ident: this.#ident, channel }));
  }

  /** Publishes them with as few calls to the kernel as there can be. */
  publish(...batch: readonly Pick<Message, 'channel' | 'payload'>[]): void {
    this.#socket.cork();
    let small: Buffer[] = [];
    for (const { channel, payload } of batch) {
      small.push(publishHead(this.#ident, channel, payload.length));
      if (payload.length < copied) {
        small.push(payload);
        continue;
      }
      this.#socket.write(Buffer.concat(small));
      this.#socket.write(payload);
      small = [];
    }
    if (small.length > 0) this.#socket.write(Buffer.concat(small));
    this.#socket.uncork();
  }

  /** Resolves when the kernel has everything that was written. */
  async written(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.write('', () => resolve());
    const fault = await Promise.race([promise, this.ended]);
    if (fault) throw fault;
  }

  /**
   * Says that nothing more comes from us, and resolves when the other side has ended too: it has read everything then.
   * Rejects when it had ended before, or ends in another way.
   */
  async finish(): Promise<void> {
    if (this.#fault) throw this.#fault;
    this.#socket.end();
    const fault = await Promise.race([this.#finished.promise, this.ended]);
    if (fault) throw fault;
  }

  /** Stops hearing, so that the broker has to wait. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#fail(new FeedFault('lost', 'the connection was closed by us'));
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.read(chunk, (frame) => this.#take(frame));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const speaks = this.broker === '' ? 'no hpfeeds speaks there' : 'what the broker says is no hpfeeds';
      this.#fail(new FeedFault(this.broker === '' ? 'greeting' : 'wire', `${speaks}: ${error.message}`));
    }
  }

  #take(raw: RawFrame): void {
    if (this.#fault !== undefined) return;
    const frame = decodeFrame(raw);
    switch (frame.operation) {
      case 'info':
        return this.#greet(frame.broker, frame.nonce);
      case 'error':
        return this.#fail(refusal(frame.text));
      case 'publish':
        this.#heard = true;
        return this.onMessage(frame);
      default:
        return this.#fail(new FeedFault('wire', `a broker does not say "${frame.operation}"`));
    }
  }

  #greet(announcement: string, nonce: Buffer): void {
    const { name, time } = readAnnouncement(announcement);
    // An empty name would look like none.
    this.broker = name || '(without a name)';
    this.brokerTime = time;
    this.#greeted.resolve(nonce);
  }

  #ended(): FeedFault {
    if (this.broker === '') return new FeedFault('greeting', 'the broker closed the connection before it greeted');
    const hint = this.#heard ? '' : '; some do that when they do not accept an identity and its secret';
    return new FeedFault('ended', `the broker closed the connection without a word${hint}`);
  }

  #fail(fault: FeedFault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#end.resolve(fault);
    this.#socket.destroy();
  }
}

function silent(ms: number): FeedFault {
  return new FeedFault('greeting', `the broker did not greet within ${ms} ms: it may be none, or want TLS`);
}

function lost(error: unknown): FeedFault {
  return new FeedFault('lost', `the connection broke: ${reason(error)}`, { cause: error });
}
