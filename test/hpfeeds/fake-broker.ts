import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { onTestFinished } from 'vitest';
import { decodeFrame } from '../../src/lib/hpfeeds/wire/decode.ts';
import { encodeFrame } from '../../src/lib/hpfeeds/wire/encode.ts';
import { FrameReader } from '../../src/lib/hpfeeds/wire/frame-reader.ts';
import type { Frame } from '../../src/lib/hpfeeds/wire/frame.ts';
import { largestFrame, limitsWith } from '../../src/lib/hpfeeds/wire/limits.ts';

export interface FakeOptions {
  readonly address?: string;
  readonly nonce?: Buffer;
  /** Absent: it greets as hpfeeds brokers do. */
  readonly greets?: 'no' | 'byte by byte';
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What it does with each frame; absent: nothing. */
  readonly answer?: (frame: Frame, connection: FakeConnection) => void;
  readonly onEnd?: (connection: FakeConnection) => void;
}

export interface FakeConnection {
  readonly socket: Socket;
  /** Counted from 1. */
  readonly number: number;
  readonly frames: Frame[];
  readonly say: (...frames: readonly Frame[]) => void;
}

/** A broker that does what a test wants it to do. */
export class FakeBroker {
  readonly connections: FakeConnection[] = [];
  readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  static async start(options: FakeOptions = {}): Promise<FakeBroker> {
    const { address = '127.0.0.1', nonce = Buffer.alloc(4, 1), greets, tls, answer, onEnd } = options;
    const server = createServer({ allowHalfOpen: true }, (plain) => {
      const socket = tls ? new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(tls) }) : plain;
      plain.on('error', () => undefined);
      const connection: FakeConnection = {
        socket,
        number: broker.connections.length + 1,
        frames: [],
        say: (...frames) => void socket.write(Buffer.concat(frames.map((frame) => encodeFrame(frame)))),
      };
      broker.connections.push(connection);
      const reader = new FrameReader(limitsWith(largestFrame));
      socket.on('error', () => undefined);
      const take = (frame: Frame) => {
        connection.frames.push(frame);
        answer?.(frame, connection);
      };
      socket.on('data', (chunk: Buffer) => {
        try {
          reader.read(chunk, (raw) => take(decodeFrame(raw)));
        } catch {
          socket.destroy();
        }
      });
      socket.on('end', () => (onEnd ? onEnd(connection) : socket.end()));
      const info = encodeFrame({ operation: 'info', broker: 'fake', nonce });
      if (greets === 'byte by byte') for (const byte of info) socket.write(Buffer.of(byte));
      else if (greets !== 'no') socket.write(info);
    });
    server.listen(0, address);
    await once(server, 'listening');
    const broker = new FakeBroker((server.address() as AddressInfo).port);
    onTestFinished(() => {
      for (const { socket } of broker.connections) socket.destroy();
      server.close();
    });
    return broker;
  }

  /** All that was published, without echoes. */
  get published(): string[] {
    return this.connections.flatMap(({ frames }) =>
      frames.flatMap((frame) =>
        frame.operation === 'publish' && !frame.channel.startsWith('trap.') ? [frame.payload.toString()] : [],
      ),
    );
  }
}

/** Answers as a broker does that lets everybody do everything. */
export function echoes(frame: Frame, { say, frames }: FakeConnection): void {
  if (frame.operation !== 'publish') return;
  const subscribed = frames.some((one) => one.operation === 'subscribe' && one.channel === frame.channel);
  if (subscribed) say(frame);
}

export function denied(what: 'pub' | 'sub', channel: string): Frame {
  return { operation: 'error', text: `Authkey not allowed to ${what} here. ident=writer, chan=${channel}` };
}
