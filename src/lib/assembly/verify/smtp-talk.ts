import { once } from 'node:events';
import type { Socket } from 'node:net';
import { reach, secure, type ClientTls, type ServerPlace } from '../../net/dial.ts';
import { StepFault } from '../steps/step.ts';
import { connectMs, silenceMs } from './target.ts';

export interface Reply {
  readonly code: number;
  /** All of its lines, without their codes. */
  readonly lines: readonly string[];
}

/** More than this is no reply. */
const mostBytes = 64 * 2 ** 10;

/** A conversation with an SMTP server, one line after the other. */
export class SmtpTalk {
  readonly #place: ServerPlace;
  readonly #signal: AbortSignal;
  #socket: Socket;
  #reader: AsyncIterator<Buffer>;
  #received = '';

  static async open(place: ServerPlace, signal: AbortSignal): Promise<SmtpTalk> {
    const plain = await reach(place, { connectMs }, signal);
    const socket = place.tls === undefined ? plain : await secure(plain, place, place.tls, { connectMs }, signal);
    return new SmtpTalk(socket, place, signal);
  }

  private constructor(socket: Socket, place: ServerPlace, signal: AbortSignal) {
    this.#place = place;
    this.#signal = signal;
    this.#socket = socket;
    this.#reader = this.#attend();
  }

  get socket(): Socket {
    return this.#socket;
  }

  async ask(line: string): Promise<Reply> {
    this.#socket.write(`${line}\r\n`);
    return this.hear();
  }

  async hear(): Promise<Reply> {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(this.#received);
      if (whole) {
        this.#received = this.#received.slice(whole[0].length);
        const lines = whole[0].trimEnd().split('\n');
        return { code: Number(whole[1]), lines: lines.map((line) => line.slice(4).trimEnd()) };
      }
      const { value, done } = await this.#reader.next();
      if (done) throw gone('the server ends the connection');
      this.#received += value.toString('latin1');
      if (this.#received.length > mostBytes) throw gone('what the server says is no SMTP');
    }
  }

  async startTls(tls: ClientTls): Promise<void> {
    // RFC 3207: what came in clear behind the reply was said by somebody else.
    this.#received = '';
    this.#socket.removeAllListeners();
    this.#socket = await secure(this.#socket, this.#place, tls, { connectMs }, this.#signal);
    this.#reader = this.#attend();
  }

  async leave(): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#socket.end('QUIT\r\n');
    await once(this.#socket, 'close', { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    this.#socket.destroy();
  }

  drop(): void {
    this.#socket.destroy();
  }

  #attend(): AsyncIterator<Buffer> {
    const socket = this.#socket;
    socket.setTimeout(silenceMs, () => socket.destroy(gone('the server says nothing')));
    this.#signal.addEventListener('abort', () => socket.destroy(), { once: true });
    return queueOf(socket);
  }
}

/** What comes, in order. Unlike the iterator of a stream it can be left without the socket being destroyed. */
async function* queueOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  const waiting: Buffer[] = [];
  let over: { readonly error: Error | undefined } | undefined;
  let stir: () => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    stir();
  });
  socket.on('error', (error) => {
    over = { error };
    stir();
  });
  socket.on('close', () => {
    over ??= { error: undefined };
    stir();
  });
  for (;;) {
    const next = waiting.shift();
    if (next) yield next;
    else if (over?.error) throw over.error;
    else if (over) return undefined;
    else await new Promise<void>((resolve) => (stir = resolve));
  }
}

function gone(what: string): StepFault {
  return new StepFault(what, 'Look into the log of the server.');
}
