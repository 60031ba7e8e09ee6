import { networkOf, plainAddress } from './plain-address.ts';

export interface PeerLimits {
  /** The most open connections from one address. */
  readonly perAddress: number;
  /** The most open connections from one network: the /24 of an IPv4 address, the /64 of an IPv6 address. */
  readonly perNetwork: number;
}

export interface Admitted {
  readonly admitted: true;
  /** Call it when the connection is gone; more calls do no more. */
  release(): void;
}

export interface NotAdmitted {
  readonly admitted: false;
  readonly limit: keyof PeerLimits;
}

export type Admission = Admitted | NotAdmitted;

const beyondAddress: NotAdmitted = Object.freeze({ admitted: false, limit: 'perAddress' });
const beyondNetwork: NotAdmitted = Object.freeze({ admitted: false, limit: 'perNetwork' });

/** Counts open connections; it knows only of peers that have some, so it is never larger than there are connections. */
export class PeerQuota {
  readonly #limits: PeerLimits;
  readonly #addresses = new Tallies();
  readonly #networks = new Tallies();

  constructor(limits: PeerLimits) {
    this.#limits = limits;
  }

  admit(address: string): Admission {
    const plain = plainAddress(address);
    if (this.#addresses.of(plain) >= this.#limits.perAddress) return beyondAddress;
    const network = networkOf(plain);
    if (this.#networks.of(network) >= this.#limits.perNetwork) return beyondNetwork;
    return new Place(this.#addresses.add(plain), this.#networks.add(network));
  }

  /** How many addresses and networks have open connections. */
  get size(): { readonly addresses: number; readonly networks: number } {
    return { addresses: this.#addresses.size, networks: this.#networks.size };
  }
}

/** A class and no closure: there are as many of them as there are connections. */
class Place implements Admitted {
  readonly admitted = true;
  readonly #address: Tally;
  readonly #network: Tally;
  #isReleased = false;

  constructor(address: Tally, network: Tally) {
    this.#address = address;
    this.#network = network;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#address.release();
    this.#network.release();
  }
}

class Tallies {
  readonly #byKey = new Map<string, Tally>();

  get size(): number {
    return this.#byKey.size;
  }

  of(key: string): number {
    return this.#byKey.get(key)?.count ?? 0;
  }

  add(key: string): Tally {
    const known = this.#byKey.get(key);
    if (known) {
      known.count++;
      return known;
    }
    const tally = new Tally(this.#byKey, key);
    this.#byKey.set(key, tally);
    return tally;
  }
}

class Tally {
  count = 1;
  readonly #byKey: Map<string, Tally>;
  readonly #key: string;

  constructor(byKey: Map<string, Tally>, key: string) {
    this.#byKey = byKey;
    this.#key = key;
  }

  release(): void {
    if (--this.count === 0) this.#byKey.delete(this.#key);
  }
}
