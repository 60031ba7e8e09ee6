import { networkInterfaces } from 'node:os';
import { publicAddresses } from '../net/public-address.ts';
import { plainAddress } from '../net/plain-address.ts';

/** Interfaces are looked at again after so many milliseconds: an address may come and go while the program runs. */
const freshFor = 10_000;

/** The addresses of this machine's interfaces, all of them. */
export function interfaceAddresses(): readonly string[] {
  const entries = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return entries.map(({ address }) => plainAddress(address.replace(/%.*/, '')));
}

/**
 * The addresses by which strangers know this machine: those that were named, and of the interfaces' those that can be
 * reached from elsewhere. 127.0.0.1 or 10.0.0.1 in a message is somebody's address, and says nothing of us.
 */
export function knownAddresses(named: readonly string[], now: () => number): () => readonly string[] {
  const isPublic = publicAddresses([]);
  let looked = Number.NEGATIVE_INFINITY;
  let known: readonly string[] = [];
  return () => {
    if (now() - looked < freshFor) return known;
    looked = now();
    const found = interfaceAddresses().filter((address) => isPublic(address).is === 'allowed');
    known = [...new Set([...named, ...found])];
    return known;
  };
}
