import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { reason } from '../../errors.ts';
import type { AddressPolicy } from '../../net/public-address.ts';
import { formatDuration } from '../../text/units.ts';
import type { Conversation, Step } from './conversation.ts';
import type { Dial } from './dial.ts';
import { phaseWords, type Phase } from './phase.ts';
import type { Endpoint } from './endpoint.ts';
import { faultText, startTls, tlsReport, type TlsReport } from './start-tls.ts';
import { timeoutOf, type RelayTimeouts } from './timeouts.ts';
import type { Verdict } from './verdict.ts';
import { whyNotThere } from './whereabouts.ts';

export interface ConnectionMeans {
  readonly dial: Dial;
  readonly mayConnect: AddressPolicy;
  readonly timeouts: RelayTimeouts;
  readonly signal: AbortSignal;
  /** Called, and awaited, when all but the final dot has left; what it throws holds the dot back. */
  readonly beforeDot: () => void | Promise<void>;
  readonly onPhase: (phase: Phase) => void;
}

export interface ConnectionEnd {
  readonly verdict: Verdict;
  /** How far it had come. */
  readonly phase: Phase;
  readonly tls?: TlsReport;
  /** What the socket said when it broke. */
  readonly exception?: string;
}

/** Holds one conversation with one server, to the end. `content` is as it goes over the wire, without the dot. */
export function holdConversation(
  conversation: Conversation,
  content: Buffer,
  server: Endpoint,
  means: ConnectionMeans,
): Promise<ConnectionEnd> {
  return new Promise((resolve) => void new Connection(conversation, content, server, means, resolve));
}

class Connection {
  readonly #conversation: Conversation;
  readonly #content: Buffer;
  readonly #server: Endpoint;
  readonly #means: ConnectionMeans;
  readonly #ended: (end: ConnectionEnd) => void;
  #socket: Socket;
  #timer: NodeJS.Timeout | undefined;
  #phase: Phase = 'connecting';
  #tls: TlsReport | undefined;
  #exception: string | undefined;

  constructor(
    conversation: Conversation,
    content: Buffer,
    server: Endpoint,
    means: ConnectionMeans,
    ended: (end: ConnectionEnd) => void,
  ) {
    this.#conversation = conversation;
    this.#content = content;
    this.#server = server;
    this.#means = means;
    this.#ended = ended;
    this.#socket = means.dial(server.address, server.port);
    this.#socket.once('connect', () => this.#connected());
    this.#listen();
    this.#arm();
    means.onPhase(this.#phase);
    means.signal.addEventListener('abort', this.#stop, { once: true });
    if (means.signal.aborted) this.#stop();
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => this.#perform(this.#conversation.receive(chunk)));
    this.#socket.on('error', (error) => {
      const why = faultText(error);
      this.#exception ??= why;
      this.#lose(why);
    });
    this.#socket.on('close', () => this.#closed());
  }

  #connected(): void {
    const { address } = this.#server;
    const why = whyNotThere(this.#socket, address, this.#means.mayConnect);
    if (why !== undefined) return this.#lose(why);
    this.#conversation.connected();
    this.#notice();
  }

  #perform(steps: readonly Step[]): void {
    if (steps.length === 0) return;
    for (const step of steps) {
      switch (step.is) {
        case 'say':
          this.#socket.write(`${step.line}\r\n`);
          break;
        case 'startTls':
          this.#startTls();
          break;
        case 'sendContent':
          // A failed write comes back too, and before the fault itself.
          this.#socket.write(this.#content, (error) => {
            if (!error) void this.#sendDot();
          });
          break;
        case 'hangUp':
          this.#hangUp();
          break;
      }
    }
    this.#notice();
  }

  async #sendDot(): Promise<void> {
    if (this.#conversation.phase !== 'content') return;
    try {
      await this.#means.beforeDot();
    } catch (error) {
      return this.#lose(`the final dot was held back: ${reason(error)}`);
    }
    // Meanwhile the server may have gone, or somebody may have stopped it all.
    if (this.#conversation.phase !== 'content') return;
    this.#conversation.dotLeaves();
    this.#notice();
    this.#socket.write('.\r\n');
  }

  #startTls(): void {
    // What else listens on it, its faults among that, stays: only what it says is no conversation any more.
    this.#socket.removeAllListeners('data').removeAllListeners('close');
    const secure = startTls(this.#socket, this.#server);
    this.#socket = secure;
    secure.once('secureConnect', () => this.#secured(secure));
    this.#listen();
  }

  #secured(secure: TLSSocket): void {
    try {
      this.#tls = tlsReport(secure);
    } catch (error) {
      // A certificate is a peer's too, and not everything in it has to make sense.
      return this.#lose(reason(error));
    }
    this.#perform(this.#conversation.secured());
  }

  readonly #stop = (): void => {
    const why: unknown = this.#means.signal.reason;
    this.#lose(`it was stopped during ${phaseWords(this.#phase)}: ${reason(why)}`);
  };

  #lose(why: string): void {
    this.#perform(this.#conversation.lost(why));
  }

  /** Politely where the conversation has come to its end, and at once where the server is of no more use. */
  #hangUp(): void {
    if (this.#conversation.farewell) this.#socket.end();
    else this.#socket.destroy();
  }

  /** What is done next has a deadline of its own, however busy the server has been with what was before. */
  #notice(): void {
    const { phase } = this.#conversation;
    if (phase === 'over') return;
    const isNew = phase !== this.#phase;
    this.#phase = phase;
    this.#arm();
    if (isNew) this.#means.onPhase(phase);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const patience = timeoutOf(this.#phase, this.#means.timeouts);
    this.#timer = setTimeout(() => {
      this.#lose(`${phaseWords(this.#phase)} took more than ${formatDuration(patience)}`);
      this.#socket.destroy();
    }, patience);
  }

  #closed(): void {
    this.#conversation.lost('the server closed the connection');
    clearTimeout(this.#timer);
    this.#means.signal.removeEventListener('abort', this.#stop);
    this.#ended({
      verdict: this.#conversation.verdict!,
      phase: this.#phase,
      ...(this.#tls && { tls: this.#tls }),
      ...(this.#exception !== undefined && { exception: this.#exception }),
    });
  }
}
