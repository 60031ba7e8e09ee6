import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { User } from '../../src/lib/hpfeeds/broker/user.ts';
import { decodeFrame } from '../../src/lib/hpfeeds/wire/decode.ts';
import { encodeFrame } from '../../src/lib/hpfeeds/wire/encode.ts';
import { FrameReader } from '../../src/lib/hpfeeds/wire/frame-reader.ts';
import type { Frame } from '../../src/lib/hpfeeds/wire/frame.ts';
import { largestFrame, limitsWith } from '../../src/lib/hpfeeds/wire/limits.ts';
import { authDigest } from '../../src/lib/hpfeeds/wire/secret.ts';

/** A client that says what a test wants it to say, and shows what comes back. */
export class RawClient {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  /** Resolves when the other side has closed, however. */
  readonly closed: Promise<void>;
  /** How it was closed: with its end, or by a reset. */
  closedBy: 'end' | 'reset' | undefined;
  readonly #reader = new FrameReader(limitsWith(largestFrame));
  #look: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on('data', (chunk: Buffer) => {
      this.#reader.read(chunk, (frame) => this.frames.push(decodeFrame(frame)));
      this.#look();
    });
    socket.on('end', () => (this.closedBy ??= 'end'));
    socket.on('error', () => (this.closedBy ??= 'reset'));
    socket.on('close', () => {
      resolve();
      this.#look();
    });
    onTestFinished(() => void socket.destroy());
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const client = new RawClient(connect({ port, host, noDelay: true }));
    await client.frame(1);
    return client;
  }

  /** Connects and says who it is. */
  static async as({ ident, secret }: User, port: number): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.say({ operation: 'auth', ident, digest: authDigest(client.nonce, secret) });
    return client;
  }

  get nonce(): Buffer {
    const info = this.frames[0];
    return info?.operation === 'info' ? info.nonce : Buffer.alloc(0);
  }

  say(...frames: readonly Frame[]): void {
    this.socket.write(Buffer.concat(frames.map((frame) => encodeFrame(frame))));
  }

  /** Resolves with so many frames, counted from the beginning; rejects when the connection ends before. */
  async frame(count: number): Promise<Frame[]> {
    const { promise, resolve, reject } = Promise.withResolvers<Frame[]>();
    this.#look = () => {
      if (this.frames.length >= count) resolve(this.frames);
      else if (this.socket.destroyed) reject(new Error(`closed after ${this.frames.length} frames`));
    };
    this.#look();
    return promise;
  }

  /** Says something whose answer shows that everything before it has been dealt with. */
  async echo(ident: string): Promise<void> {
    const channel = `trap.echo.${ident}`;
    const payload = Buffer.from(`echo ${this.frames.length}`);
    this.say({ operation: 'subscribe', ident, channel }, { operation: 'publish', ident, channel, payload });
    const isIt = (frame: Frame) => frame.operation === 'publish' && frame.payload.equals(payload);
    for (let count = this.frames.length + 1; !this.frames.some(isIt); count++) await this.frame(count);
  }

  /** What was published to it, without its own echoes. */
  get published(): Extract<Frame, { operation: 'publish' }>[] {
    return this.frames.flatMap((frame) =>
      frame.operation === 'publish' && !frame.channel.startsWith('trap.echo.') ? [frame] : [],
    );
  }

  get error(): string | undefined {
    return this.frames.flatMap((frame) => (frame.operation === 'error' ? [frame.text] : []))[0];
  }

  /** Resolves with what the broker says before it closes. */
  async refused(): Promise<string | undefined> {
    await this.closed;
    return this.error;
  }
}
