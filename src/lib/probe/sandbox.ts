import type { AddressInfo } from 'node:net';
import type { SMTPServer, SMTPServerDataStream } from 'smtp-server';
import type { PeerText } from '../capture/capture.ts';
import { createIdSource, type Id } from '../capture/id.ts';
import { Maildir } from '../maildir/maildir.ts';
import { messageName } from '../maildir/name.ts';
import { printable } from '../text/printable.ts';

/** Far above what the relay takes: what does not fit here was refused there. */
const mostBytes = 128 * 2 ** 20;

export interface SandboxMail {
  readonly id: Id;
  readonly from: PeerText;
  readonly to: readonly PeerText[];
  readonly size: number;
}

export interface SandboxSettings {
  /** The Maildir in which everything lies that came out. */
  readonly path: string;
  readonly now: () => number;
  readonly randomInt: (max: number) => number;
  readonly took: (mail: SandboxMail) => void;
}

/**
 * A mail server within the program, for whoever wants to see what would go out without letting anything out: it takes
 * what the relay sends, on loopback, and keeps it in a Maildir.
 */
export class Sandbox {
  readonly port: number;
  readonly #server: SMTPServer;

  static async open(settings: SandboxSettings): Promise<Sandbox> {
    // Only here, because hardly anybody who runs the program needs it.
    const { SMTPServer } = await import('smtp-server');
    const maildir = new Maildir(settings.path);
    maildir.directoryOf(undefined);
    const ids = createIdSource(settings.now, settings.randomInt);
    const server = new SMTPServer({
      name: 'sandbox.invalid',
      banner: 'spamtrap sandbox',
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      authOptional: true,
      size: mostBytes,
      logger: false,
      onData(stream, { envelope }, done) {
        gather(stream).then(
          (bytes) => {
            const id = ids.next();
            const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
            const to = envelope.rcptTo.map(({ address }) => address);
            const headers = headersOf(from, to);
            const content = { kind: 'bytes', bytes } as const;
            maildir.store(undefined, messageName(id, headers.length + bytes.length), headers, content);
            settings.took({ id, from, to, size: bytes.length });
            done(null, `Ok: queued as ${id}`);
          },
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
      },
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    // A connection that breaks is told of by the relay, which was at its other end.
    server.on('error', () => undefined);
    return new Sandbox(server);
  }

  private constructor(server: SMTPServer) {
    this.#server = server;
    this.port = (server.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

async function gather(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function headersOf(from: PeerText, to: readonly PeerText[]): Buffer {
  const lines = [`Return-Path: <${printable(from)}>`, ...to.map((address) => `Delivered-To: ${printable(address)}`)];
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8');
}
