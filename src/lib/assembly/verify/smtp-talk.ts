import { once } from 'node:events';
import type { Socket } from 'node:net';
import { reason } from '../../errors.ts';
import { reach, secure, type ClientTls, type ServerPlace } from '../../net/dial.ts';
import { orDialFault } from '../steps/reach-steps.ts';
import { StepFault } from '../steps/step.ts';
import { connectMs, silenceMs } from './target.ts';

export interface Reply {
  readonly code: number;
  /** All of its lines, without their codes. */
  readonly lines: readonly string[];
}

/** How long a server may take to let go. */
const farewell = 2_000;
/** More than this is no reply. */
const mostBytes = 64 * 2 ** 10;

/** A conversation with an SMTP server, one line after the other. What goes wrong is the fault of a step. */
export class SmtpTalk {
  readonly #place: ServerPlace;
  readonly #signal: AbortSignal;
  #socket: Socket;
  #received = '';
  #over: StepFault | undefined;
  #stir: () => void = () => undefined;

  static async open(place: ServerPlace, signal: AbortSignal): Promise<SmtpTalk> {
    return orDialFault(async () => {
      const plain = await reach(place, { connectMs }, signal);
      const socket = place.tls === undefined ? plain : await secure(plain, place, place.tls, { connectMs }, signal);
      return new SmtpTalk(socket, place, signal);
    });
  }

  private constructor(socket: Socket, place: ServerPlace, signal: AbortSignal) {
    this.#place = place;
    this.#signal = signal;
    this.#socket = socket;
    this.#attend();
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
      if (this.#received.length > mostBytes) throw gone('what the server says is no SMTP');
      if (this.#over) throw this.#over;
      await new Promise<void>((resolve) => (this.#stir = resolve));
    }
  }

  async startTls(tls: ClientTls): Promise<void> {
    // RFC 3207: what came in clear behind the reply was said by somebody else.
    this.#received = '';
    const plain = this.#socket;
    for (const event of ['data', 'end', 'close', 'timeout']) plain.removeAllListeners(event);
    this.#socket = await orDialFault(() => secure(plain, this.#place, tls, { connectMs }, this.#signal));
    this.#attend();
  }

  async leave(): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#socket.end('QUIT\r\n');
    await once(this.#socket, 'close', { signal: AbortSignal.timeout(farewell) }).catch(() => undefined);
    this.#socket.destroy();
  }

  drop(): void {
    this.#socket.destroy();
  }

  #attend(): void {
    const socket = this.#socket;
    socket.setTimeout(silenceMs, () => this.#end(gone('the server says nothing')));
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#stir();
    });
    socket.on('error', (error) => this.#end(gone(reason(error))));
    // The end of what it says is an end of all of it.
    for (const event of ['end', 'close']) socket.on(event, () => this.#end(gone('the server ends the connection')));
    this.#signal.addEventListener('abort', () => this.#end(gone('it was left')), { once: true });
  }

  #end(fault: StepFault): void {
    this.#over ??= fault;
    this.#socket.destroy();
    this.#stir();
  }
}

function gone(what: string): StepFault {
  return new StepFault(what, 'Look into the log of the server.');
}
