import { echoChannel } from '../capability.ts';
import { FeedFault } from './feed-fault.ts';
import type { Handover } from './handover.ts';
import { byEcho } from './handovers/echo.ts';
import { byEnd } from './handovers/end.ts';
import { byReceipts } from './handovers/receipts.ts';
import { bySocket } from './handovers/socket.ts';
import { HoldOff } from './hold-off.ts';
import { Link, type LinkSettings } from './link.ts';
import { frameLength, type Publication } from './publication.ts';

/** How sure it is that something arrived. */
export type HandoverLevel = 'socket' | 'broker' | 'stored';

export interface PublisherSettings extends LinkSettings {
  readonly level: HandoverLevel;
  /** A channel on which the identity may publish and subscribe; absent means one that only our own broker allows. */
  readonly echo?: string | undefined;
  /** The longest frame that the broker takes. */
  readonly frameLimit: number;
  readonly confirmMs: number;
  readonly now: () => number;
  /** Told whenever a connection has been shown to work. */
  readonly onUp?: (link: LinkUp) => void;
}

export interface LinkUp {
  readonly broker: string;
  readonly address: string;
  readonly port: number;
  readonly by: Handover['by'];
}

/** A broker that will echo does so at once; one that will not says nothing. */
const echoPatienceMs = 5_000;

/**
 * Hands batches to a broker, and knows when they are handed over. It keeps its connection as long as that is good, and
 * opens another one when it is asked for the next batch; when to ask again after a failure is for the caller to decide.
 */
export class Publisher {
  readonly #settings: PublisherSettings;
  readonly #holdOff: HoldOff;
  #handover: Handover | undefined;
  #link: Link | undefined;
  #toldBy: Handover['by'] | undefined;

  constructor(settings: PublisherSettings) {
    this.#settings = settings;
    this.#holdOff = new HoldOff(settings.now);
    if (settings.level === 'socket') this.#handover = bySocket(settings.confirmMs);
    if (settings.level === 'stored') this.#handover = byReceipts(settings.confirmMs);
  }

  fits(publication: Publication): boolean {
    return frameLength(this.#settings.ident, publication) <= this.#settings.frameLimit;
  }

  /** Resolves when the batch is handed over. Rejects with a FeedFault otherwise: then any of it may have arrived. */
  async hand(batch: readonly Publication[], signal: AbortSignal): Promise<void> {
    const tooLong = batch.find((publication) => !this.fits(publication));
    if (tooLong) throw new RangeError(`a publication of ${tooLong.payload.length} bytes is over the frame limit`);
    this.#holdOff.check();
    try {
      const handover = (this.#handover ??= await this.#chooseHandover(signal));
      const link = await this.#linkFor(handover, signal);
      await handover.hand(link, batch, signal);
      if (!handover.keeps) this.#drop();
      this.#holdOff.succeeded();
    } catch (error) {
      this.#drop();
      // A broker that is another one afterwards may allow what this one did not.
      if (this.#settings.level === 'broker') this.#handover = undefined;
      this.#toldBy = undefined;
      throw this.#holdOff.failed(error);
    }
  }

  /** Shows that the broker is there and confirms, without publishing anything. */
  probe(signal: AbortSignal): Promise<void> {
    return this.hand([], signal);
  }

  close(): void {
    this.#drop();
  }

  // The echo is tried first: it needs no new connection for each batch. A broker refuses it in words, or by silence.
  async #chooseHandover(signal: AbortSignal): Promise<Handover> {
    const { ident, echo = echoChannel(ident), confirmMs } = this.#settings;
    const link = await Link.open(this.#settings, signal);
    const attempt = byEcho(echo, Math.min(confirmMs, echoPatienceMs));
    attempt.begin(link);
    try {
      await attempt.hand(link, [], signal);
    } catch (error) {
      link.close();
      if (!(error instanceof FeedFault) || !isNoEcho(error)) throw error;
      return byEnd(confirmMs);
    }
    const handover = byEcho(echo, confirmMs);
    this.#adopt(link, handover);
    return handover;
  }

  async #linkFor(handover: Handover, signal: AbortSignal): Promise<Link> {
    if (this.#link?.fault !== undefined) this.#drop();
    if (this.#link) return this.#link;
    const link = await Link.open(this.#settings, signal);
    handover.begin(link);
    this.#adopt(link, handover);
    return link;
  }

  #adopt(link: Link, { by }: Handover): void {
    this.#link = link;
    const { address, port } = link.at;
    // One connection for each batch is no news each time.
    if (by !== this.#toldBy || by !== 'end') this.#settings.onUp?.({ broker: link.broker, address, port, by });
    this.#toldBy = by;
  }

  #drop(): void {
    this.#link?.close();
    this.#link = undefined;
  }
}

function isNoEcho({ kind }: FeedFault): boolean {
  return kind === 'publish denied' || kind === 'subscribe denied' || kind === 'timeout';
}
