import { PeerQuota } from '../net/peer-quota.ts';
import type { ConnectionLimits, TarpitSettings } from './intake-settings.ts';

export type AdmissionLimit = 'connections' | 'perAddress' | 'perNetwork' | 'tarpit.slots';

export type Admitted = Place | { readonly admitted: false; readonly limit: AdmissionLimit };

/** One connection's place among the others. */
export interface Place {
  readonly admitted: true;
  readonly address: string;
  /** Milliseconds before each reply from the beginning; more than none is a place in the tarpit. */
  readonly delay: number;
  readonly quota: { release(): void } | undefined;
}

/** Peers remembered for their bad manners; the oldest are forgotten first. */
const mostOffenders = 10_000;

/** Decides who may come in: within the limits, and those who are to be kept busy in places of their own. */
export class Admission {
  readonly #limits: ConnectionLimits;
  readonly #tarpit: TarpitSettings | undefined;
  readonly #now: () => number;
  readonly #quota: PeerQuota | undefined;
  readonly #offenders = new Map<string, number>();
  readonly #inTarpit = new Set<Place>();
  #inside = 0;

  constructor(limits: ConnectionLimits, tarpit: TarpitSettings | undefined, now: () => number) {
    const { perAddress = Infinity, perNetwork = Infinity } = limits;
    this.#limits = limits;
    this.#tarpit = tarpit;
    this.#now = now;
    if (Math.min(perAddress, perNetwork) < limits.connections) this.#quota = new PeerQuota({ perAddress, perNetwork });
  }

  admit(address: string): Admitted {
    const delay = this.#delayFor(address);
    if (delay > 0 && !this.#hasSlot) return { admitted: false, limit: 'tarpit.slots' };
    if (delay === 0 && this.#inside - this.#inTarpit.size >= this.#limits.connections)
      return { admitted: false, limit: 'connections' };
    const quota = this.#quota?.admit(address);
    if (quota?.admitted === false) return quota;
    this.#inside++;
    const place: Place = { admitted: true, address, delay, quota };
    if (delay > 0) this.#inTarpit.add(place);
    return place;
  }

  /** Gives a peer that is inside a place in the tarpit. False when there is none left, and it goes on as it was. */
  moveToTarpit(place: Place): boolean {
    if (this.#inTarpit.has(place)) return true;
    if (!this.#hasSlot) return false;
    this.#inTarpit.add(place);
    return true;
  }

  /** To be called once, when the connection is gone. */
  release(place: Place): void {
    this.#inside--;
    this.#inTarpit.delete(place);
    place.quota?.release();
  }

  /** This peer was cut off; it will be met again. */
  remember(address: string): void {
    const memory = this.#tarpit?.memory ?? 0;
    if (memory === 0) return;
    this.#offenders.delete(address);
    this.#offenders.set(address, this.#now() + memory);
    if (this.#offenders.size > mostOffenders) this.#offenders.delete(this.#offenders.keys().next().value!);
  }

  get #hasSlot(): boolean {
    return this.#tarpit !== undefined && this.#inTarpit.size < this.#tarpit.slots;
  }

  #delayFor(address: string): number {
    const tarpit = this.#tarpit;
    if (tarpit === undefined) return 0;
    const until = this.#offenders.get(address);
    if (until !== undefined && until <= this.#now()) this.#offenders.delete(address);
    return (until ?? 0) > this.#now() || tarpit.networks.has(address) ? tarpit.delay : 0;
  }
}
