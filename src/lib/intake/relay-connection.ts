import type { Socket } from 'node:net';
import type { Address, CaptureOrigin, SessionEnd } from '../capture/capture.ts';
import { reason } from '../errors.ts';
import type { Draft } from '../journal/draft.ts';
import { JournalUnavailable, type UnavailableWhy } from '../journal/unavailable.ts';
import { peerBytes } from '../text/peer-text.ts';
import type { Effect, Settlement } from '../smtp/effect.ts';
import { SmtpSession } from '../smtp/session.ts';
import type { RelaySettings } from './relay-settings.ts';
import { isoTime } from '../text/time.ts';

/** Replies that a peer does not fetch may pile up to this; then nothing more is read from it. */
const maxUnread = 64 * 2 ** 10;
/** A peer that never closes its side is cut off this long after our last word. */
const lingering = 5_000;

/** One peer: carries bytes between the socket and the session, and messages into the journal. */
export class RelayConnection {
  readonly #socket: Socket;
  readonly #settings: RelaySettings;
  readonly #session: SmtpSession;
  readonly #id: string;
  readonly #peer: Address;
  readonly #local: Address;
  readonly #openedAt: string;
  readonly #gone: () => void;
  readonly #lifetime: NodeJS.Timeout;
  #lingering: NodeJS.Timeout | undefined;
  #draft: Draft | undefined;
  #endedBy: SessionEnd | undefined;
  #endsWhenIdle = false;

  constructor(socket: Socket, settings: RelaySettings, gone: () => void) {
    const { persona, host, limits, emit, newSessionId, now } = settings;
    this.#socket = socket;
    this.#settings = settings;
    this.#gone = gone;
    this.#id = newSessionId();
    this.#peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    this.#local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.#openedAt = isoTime(now());
    this.#session = new SmtpSession({ persona, host, peer: this.#peer.address, limits });
    this.#lifetime = setTimeout(() => this.#end('timeout', 'timeout'), limits.session).unref();
    emit({
      event: 'session.opened',
      intake: 'relay',
      session: this.#id,
      peer: this.#peer.address,
      peerPort: this.#peer.port,
    });
    socket.setTimeout(limits.idle);
    socket.on('timeout', () => this.#end('timeout', 'timeout'));
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => this.#resumeReading());
    socket.on('error', () => (this.#endedBy ??= 'peer'));
    socket.on('close', () => this.#close());
    this.#perform(this.#session.greet());
  }

  endWhenIdle(): void {
    this.#endsWhenIdle = true;
    if (!this.#session.isBusy) this.endNow();
  }

  endNow(): void {
    this.#end('shutdown', 'shutdown');
  }

  #end(occasion: 'timeout' | 'shutdown', why: SessionEnd): void {
    this.#perform(this.#session.end(occasion, why));
  }

  // A bug that one peer's bytes bring to light ends that peer's session and no other.
  #receive(chunk: Buffer): void {
    try {
      this.#perform(this.#session.receive(chunk));
    } catch (error) {
      this.#endedBy = 'fault';
      this.#settings.emit({ event: 'session.failed', intake: 'relay', session: this.#id, detail: reason(error) });
      this.#socket.destroy();
    }
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case 'reply':
          this.#reply(effect.text);
          break;
        case 'open':
          this.#draft = this.#settings.journal.draft();
          break;
        case 'content':
          this.#keepPace(this.#draft?.write(effect.bytes));
          break;
        case 'finish':
          void this.#finish(effect);
          break;
        case 'discard':
          this.#abandonDraft();
          break;
        case 'close':
          this.#endedBy ??= effect.why;
          this.#socket.end();
          this.#lingering = setTimeout(() => this.#socket.destroy(), lingering).unref();
          break;
      }
    }
    // A peer that waits for its answer sends nothing; only one that pipelines on has to be held up.
    if (this.#session.pendingInput > maxUnread) this.#socket.pause();
    if (this.#endsWhenIdle && !this.#session.isBusy && this.#endedBy === undefined) this.endNow();
  }

  #reply(text: string): void {
    if (!this.#socket.writable) return;
    this.#socket.write(text.isWellFormed() ? text : peerBytes(text));
    if (this.#socket.writableLength > maxUnread) this.#socket.pause();
  }

  #keepPace(ready: Promise<void> | undefined): void {
    if (ready === undefined) return;
    this.#socket.pause();
    void ready.then(() => this.#resumeReading());
  }

  #resumeReading(): void {
    if (!this.#socket.isPaused()) return;
    if (this.#session.pendingInput <= maxUnread && this.#socket.writableLength <= maxUnread) this.#socket.resume();
  }

  async #finish({ envelope, parameters }: Effect & { do: 'finish' }): Promise<void> {
    const draft = this.#draft!;
    this.#draft = undefined;
    const queueId = this.#settings.newQueueId();
    const settlement = await this.#keep(draft, {
      intake: 'relay',
      envelope,
      queueId,
      host: this.#settings.host,
      evidence: {
        session: this.#id,
        peer: this.#peer,
        local: this.#local,
        protocol: this.#session.protocol,
        ...(this.#session.helo !== undefined && { helo: this.#session.helo }),
        ...(parameters.length > 0 && { parameters }),
      },
    });
    this.#perform(this.#session.settle(settlement));
    this.#resumeReading();
  }

  async #keep(draft: Draft, origin: CaptureOrigin & { queueId: string }): Promise<Settlement> {
    const { emit } = this.#settings;
    const common = { intake: 'relay', session: this.#id, peer: this.#peer.address } as const;
    try {
      const { id, size, sha256, envelope } = await draft.accept(origin);
      const { from, to } = envelope;
      emit({ event: 'capture.accepted', ...common, id, from, to: to[0] ?? '', recipients: to.length, size, sha256 });
      return { kept: true, queueId: origin.queueId };
    } catch (error) {
      const why: UnavailableWhy = error instanceof JournalUnavailable ? error.why : 'failed';
      emit({ event: 'capture.refused', ...common, why, detail: reason(error) });
      return { kept: false, why: why === 'failed' ? 'failed' : 'full' };
    }
  }

  #abandonDraft(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    // Nobody was promised this message; what cannot be removed now goes at the next start.
    void draft?.abandon().catch(() => undefined);
  }

  #close(): void {
    clearTimeout(this.#lifetime);
    clearTimeout(this.#lingering);
    this.#abandonDraft();
    this.#gone();
    const { journal, emit, now } = this.#settings;
    const endedBy = this.#endedBy ?? 'peer';
    const { helo, counts } = this.#session;
    const common = { session: this.#id, intake: 'relay', endedBy, ...counts } as const;
    emit({ event: 'session.closed', ...common, peer: this.#peer.address, helo });
    journal.note({
      ...common,
      peer: this.#peer,
      local: this.#local,
      openedAt: this.#openedAt,
      closedAt: isoTime(now()),
      bytesIn: this.#socket.bytesRead,
      ...(helo !== undefined && { helo }),
    });
  }
}
