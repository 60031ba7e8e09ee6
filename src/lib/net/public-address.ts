import { isIP, isIPv4 } from 'node:net';
import { exitCodes, Fault } from '../errors.ts';
import { Networks, readNetwork } from './network.ts';
import { plainAddress } from './plain-address.ts';
import { specialNetworks } from './special-networks.ts';

/** Nothing but `allowed` lets anything through. */
export type AddressVerdict =
  | { readonly is: 'allowed' }
  /** `why` goes on a sentence that began with the address: `is loopback`. */
  | { readonly is: 'forbidden'; readonly why: string };

export type AddressPolicy = (address: string) => AddressVerdict;

const allowed: AddressVerdict = Object.freeze({ is: 'allowed' });

/**
 * Allows the addresses at which a mail server of a stranger can be: global unicast, in no network with a purpose of its
 * own, and none of ours. Only the canonical spelling of an address is read; `0177.1`, `2130706433` and the like, which
 * some resolvers take for addresses, are none.
 */
export function publicAddresses(own: Iterable<string>): AddressPolicy {
  const ours = new Set([...own].map(ownAddress));
  const special = specialNetworks.map(([network, what]) => ({ networks: networksOf(network), what }));
  const globalUnicast = networksOf('2000::/3');
  return (address) => {
    const version = isIP(address);
    if (version === 0) return forbidden('is no IP address');
    if (address.includes('%')) return forbidden('names an interface of this machine');
    const plain = plainAddress(address);
    if (ours.has(plain)) return forbidden('is an address of this machine');
    if (version === 6 && isIPv4(plain)) return forbidden('is an IPv4 address in IPv6 (RFC 4291)');
    const found = special.find(({ networks }) => networks.has(plain));
    if (found) return forbidden(`is ${found.what}`);
    return version === 4 || globalUnicast.has(plain) ? allowed : forbidden('is no global unicast address');
  };
}

function ownAddress(text: string): string {
  if (isIP(text) !== 0) return plainAddress(text);
  // An address that is ours and was misspelt would be a stranger's.
  throw new Fault(`${JSON.stringify(text)} is given as an address of this machine and is no IP address.`, {
    code: 'address.invalid',
    fix: 'Write it as 192.0.2.1 or 2001:db8::1, without a name, a port or a prefix.',
    exit: exitCodes.usage,
  });
}

function networksOf(text: string): Networks {
  const reading = readNetwork(text);
  if (reading.is === 'refused') throw new RangeError(reading.why);
  return new Networks([reading.network]);
}

function forbidden(why: string): AddressVerdict {
  return { is: 'forbidden', why };
}
