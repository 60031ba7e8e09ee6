import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerQuota, type Admission, type PeerLimits } from '../../src/lib/net/peer-quota.ts';

/** The same rules over a plain list of who is connected. */
class Model {
  readonly #limits: PeerLimits;
  readonly connected: { readonly address: string; readonly network: string }[] = [];

  constructor(limits: PeerLimits) {
    this.#limits = limits;
  }

  admit(peer: (typeof this.connected)[number]): keyof PeerLimits | 'admitted' {
    const same = this.connected.filter(({ address }) => address === peer.address).length;
    const near = this.connected.filter(({ network }) => network === peer.network).length;
    if (same >= this.#limits.perAddress) return 'perAddress';
    if (near >= this.#limits.perNetwork) return 'perNetwork';
    this.connected.push(peer);
    return 'admitted';
  }

  get size() {
    return {
      addresses: new Set(this.connected.map(({ address }) => address)).size,
      networks: new Set(this.connected.map(({ network }) => network)).size,
    };
  }
}

const peers = [
  { network: 'a', address: '192.0.2.1' },
  { network: 'a', address: '192.0.2.2' },
  { network: 'b', address: '192.0.3.1' },
  { network: 'c', address: '2001:db8::1' },
  { network: 'c', address: '2001:db8::2' },
  { network: 'd', address: '2001:db8:0:1::1' },
];

const step = fc.oneof(
  fc.record({ do: fc.constant('admit' as const), peer: fc.constantFrom(...peers) }),
  fc.record({ do: fc.constant('release' as const), which: fc.nat(20) }),
);

const outcome = (admission: Admission) => (admission.admitted ? 'admitted' : admission.limit);

describe('a quota of connections', () => {
  it('agrees with a list of who is connected', () => {
    const limits = fc.record({
      perAddress: fc.integer({ min: 0, max: 4 }),
      perNetwork: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 60 }), (limits, steps) => {
        const quota = new PeerQuota(limits);
        const model = new Model(limits);
        const places: { readonly release: () => void; readonly peer: (typeof peers)[number] }[] = [];
        for (const next of steps) {
          if (next.do === 'admit') {
            const admission = quota.admit(next.peer.address);
            expect(outcome(admission)).toBe(model.admit(next.peer));
            if (admission.admitted) places.push({ release: () => admission.release(), peer: next.peer });
          } else {
            const [place] = places.splice(next.which % Math.max(1, places.length), 1);
            place?.release();
            place?.release();
            if (place) model.connected.splice(model.connected.indexOf(place.peer), 1);
          }
          expect(quota.size).toEqual(model.size);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('remembers nobody who is not connected', () => {
    const quota = new PeerQuota({ perAddress: 1, perNetwork: 2 });
    const admissions = ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => quota.admit(address));
    expect(admissions.map(outcome)).toEqual(['admitted', 'perAddress', 'admitted', 'perNetwork']);
    for (const admission of admissions) if (admission.admitted) admission.release();
    expect(quota.size).toEqual({ addresses: 0, networks: 0 });
  });

  it('does not take a second release for that of another connection', () => {
    const quota = new PeerQuota({ perAddress: 2, perNetwork: 2 });
    const first = quota.admit('192.0.2.1');
    quota.admit('192.0.2.1');
    if (first.admitted) for (let count = 0; count < 3; count++) first.release();
    expect(quota.size).toEqual({ addresses: 1, networks: 1 });
  });

  it('knows a peer by whichever socket it comes', () => {
    const quota = new PeerQuota({ perAddress: 1, perNetwork: 9 });
    quota.admit('192.0.2.1');
    expect(quota.admit('::ffff:192.0.2.1')).toEqual({ admitted: false, limit: 'perAddress' });
  });
});
