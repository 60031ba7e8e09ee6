import type { Socket } from 'node:net';
import type { Address } from '../../capture/capture.ts';
import { reason } from '../../errors.ts';
import { encodeFrame } from '../wire/encode.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { WireError } from '../wire/frame.ts';
import { limitsWith, strangerLimits } from '../wire/limits.ts';
import { Conversation, type Refusal, type Surface } from './conversation.ts';
import type { Exchange, Receiver, Route } from './exchange.ts';
import type { BrokerLimits, WhenSlow } from './limits.ts';
import type { BrokerMetrics, ChannelMetrics, IdentMetrics } from './metrics.ts';
import type { Notify } from './notice.ts';
import { Outbox } from './outbox.ts';
import type { User, Users } from './user.ts';

/** What a peer shares with the others. */
export interface Shared {
  readonly name: string;
  readonly users: Users;
  readonly limits: BrokerLimits;
  readonly whenSlow: WhenSlow;
  readonly exchange: Exchange<Peer>;
  readonly metrics: BrokerMetrics;
  readonly notify: Notify;
  newNonce(): Buffer;
  /** What speaks against one more connection of this user. */
  admit(user: User): Refusal | undefined;
  /** Whether all that waits for anybody is more than may. */
  isCrowded(): boolean;
  gone(peer: Peer): void;
}

/** A channel as one publisher sees it. */
interface Way {
  readonly route: Route<Peer>;
  readonly metrics: ChannelMetrics;
}

/** A time in which more waits for a client than may. */
interface Slowness {
  readonly deadline: NodeJS.Timeout | undefined;
  dropped: number;
}

/** Whoever was told why it has to go has so long to read it. */
const lingerMs = 2_000;

/** One client: its socket, the conversation on it, and what waits for it. */
export class Peer implements Surface<Way>, Receiver<Peer> {
  readonly address: Address;
  readonly #socket: Socket;
  readonly #shared: Shared;
  readonly #conversation: Conversation<Way>;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  readonly #channels = new Set<string>();
  readonly #waitsFor = new Set<Peer>();
  readonly #keepsWaiting = new Set<Peer>();
  readonly #authDeadline: NodeJS.Timeout;
  #metrics: IdentMetrics;
  #slow: Slowness | undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(socket: Socket, shared: Shared) {
    const { name, users, limits, metrics } = shared;
    this.#socket = socket;
    this.#shared = shared;
    this.#metrics = metrics.strangers;
    this.address = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    this.#outbox = new Outbox(socket);
    this.#reader = new FrameReader(strangerLimits);
    this.#conversation = new Conversation({ name, users, nonce: shared.newNonce(), now: Date.now() }, this);
    this.#authDeadline = setTimeout(() => this.#tooLate(), limits.authTime);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => this.finish());
    socket.on('drain', () => this.#recover());
    // What broke says nothing that matters here; the close that follows is what counts.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed());
    this.#conversation.begin();
  }

  get backlog(): number {
    return this.#outbox.backlog;
  }

  get held(): number {
    return this.#reader.held;
  }

  get ident(): string | undefined {
    return this.#conversation.user?.ident;
  }

  usersChanged(): void {
    this.#conversation.usersChanged();
  }

  /** Sends what is waiting, then ends. */
  finish(): void {
    if (this.#state !== 'open') return;
    this.#leave();
    this.#outbox.flush();
    this.#socket.end();
    this.#linger();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  say(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  refuse(refusal: Refusal): void {
    const { category, text } = refusal;
    this.#metrics.refused(category);
    this.#shared.notify({ kind: 'refused', peer: this.address, ident: this.ident, category, text });
    if (this.#state !== 'open') return;
    this.#leave();
    this.#outbox.flush();
    this.#socket.end(encodeFrame({ operation: 'error', text }));
    this.#linger();
  }

  welcome(user: User): Refusal | undefined {
    const objection = this.#shared.admit(user);
    if (objection) return objection;
    clearTimeout(this.#authDeadline);
    this.#reader.allow(limitsWith(this.#shared.limits.frame));
    const { ident, owner } = user;
    this.#metrics = this.#shared.metrics.ident(ident);
    Object.assign(this.#metrics, { owner });
    this.#metrics.ready++;
    this.#metrics.connected++;
    this.#shared.notify({ kind: 'authenticated', peer: this.address, ident });
    return undefined;
  }

  subscribe(channel: string): void {
    this.#channels.add(channel);
    this.#shared.exchange.subscribe(this, channel);
    this.#metrics.channel(channel).subscriptions++;
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
    this.#shared.exchange.unsubscribe(this, channel);
    this.#metrics.channel(channel).subscriptions--;
  }

  route(channel: string): Way {
    return { route: this.#shared.exchange.route(channel), metrics: this.#metrics.channel(channel) };
  }

  publish({ route, metrics }: Way, frame: Buffer): void {
    metrics.count(frame.length);
    this.#shared.exchange.publish(route, frame, this);
  }

  deliver(frame: Buffer, from: Peer): void {
    if (this.#state !== 'open') return;
    const { limits, whenSlow } = this.#shared;
    const backlog = this.#outbox.backlog + frame.length;
    const isFull = backlog > limits.backlog || (backlog > limits.backlog / 8 && this.#shared.isCrowded());
    if (isFull) {
      const slow = this.#becomeSlow(backlog);
      if (whenSlow !== 'wait') {
        slow.dropped++;
        this.#metrics.dropped++;
        return;
      }
      from.#waitFor(this);
    }
    this.#outbox.put(frame);
  }

  flush(): void {
    if (this.#state === 'open') this.#outbox.flush();
  }

  #read(chunk: Buffer): void {
    // Whoever has been told to go may still be talking; it has to be read, or the kernel would take back our words.
    if (this.#state !== 'open') return;
    try {
      this.#reader.read(chunk, (frame) => this.#conversation.take(frame));
    } catch (error) {
      this.#fail(error);
    }
    this.#shared.exchange.flush();
  }

  #fail(error: unknown): void {
    if (error instanceof WireError) return this.#conversation.fail(error);
    this.#shared.notify({ kind: 'failed', peer: this.address, ident: this.ident, detail: reason(error) });
    this.#socket.destroy();
  }

  // The publisher's turn: it is not read from before the other has caught up, or has gone.
  #waitFor(slow: Peer): void {
    if (this.#waitsFor.has(slow)) return;
    if (this.#waitsFor.size === 0) {
      this.#metrics.receiveFill++;
      this.#socket.pause();
    }
    this.#waitsFor.add(slow);
    slow.#keepsWaiting.add(this);
  }

  #waitNoMoreFor(slow: Peer): void {
    if (this.#waitsFor.delete(slow) && this.#waitsFor.size === 0) this.#socket.resume();
  }

  #becomeSlow(backlog: number): Slowness {
    if (this.#slow) return this.#slow;
    const { limits, whenSlow, notify } = this.#shared;
    const deadline = whenSlow === 'drop' ? undefined : setTimeout(() => this.#tooSlow(), limits.slowFor);
    this.#metrics.sendFill++;
    if (deadline) this.#metrics.deadlineStart++;
    notify({ kind: 'slow', peer: this.address, ident: this.ident ?? '', backlog });
    return (this.#slow = { deadline, dropped: 0 });
  }

  #recover(): void {
    if (!this.#slow) return;
    const { deadline, dropped } = this.#slow;
    this.#slow = undefined;
    clearTimeout(deadline);
    this.#metrics.sendDrain++;
    if (deadline) this.#metrics.deadlineRecover++;
    this.#shared.notify({ kind: 'recovered', peer: this.address, ident: this.ident ?? '', dropped });
    this.#letGo();
  }

  #tooSlow(): void {
    this.refuse({ category: 'deadline-timer-expired', text: 'Backpressure deadline timer expired' });
  }

  #tooLate(): void {
    this.refuse({ category: 'invalid-first-message', text: 'Authentication took too long' });
  }

  #letGo(): void {
    for (const publisher of this.#keepsWaiting) publisher.#waitNoMoreFor(this);
    this.#keepsWaiting.clear();
  }

  // Nothing is read from it or routed to it any more.
  #leave(): void {
    this.#state = 'closing';
    clearTimeout(this.#authDeadline);
    clearTimeout(this.#slow?.deadline);
    for (const channel of this.#channels) this.unsubscribe(channel);
    for (const slow of this.#waitsFor) slow.#keepsWaiting.delete(this);
    this.#waitsFor.clear();
    this.#letGo();
    this.#socket.resume();
  }

  #linger(): void {
    const timer = setTimeout(() => this.#socket.destroy(), this.#lingering());
    this.#socket.once('close', () => clearTimeout(timer));
  }

  // What was taken from publishers is still sent to whoever reads it, if it takes some time.
  #lingering(): number {
    return this.#slow === undefined && this.backlog > 0 ? this.#shared.limits.slowFor : lingerMs;
  }

  #closed(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#leave();
    this.#state = 'closed';
    this.#metrics.lost++;
    if (this.ident !== undefined) {
      this.#metrics.connected--;
      this.#shared.notify({ kind: 'left', peer: this.address, ident: this.ident });
    }
    this.#shared.gone(this);
  }
}
