import { BlockList, isIP, isIPv4 } from 'node:net';
import { ipv6Groups, ipv6Text } from './ipv6.ts';
import { plainAddress } from './plain-address.ts';

/** A network with all of its host bits zero; a single address is a network of one. */
export interface Network {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

export type NetworkReading =
  { readonly is: 'network'; readonly network: Network } | { readonly is: 'refused'; readonly why: string };

/** `192.0.2.0/24`, `2001:db8::/32`, `192.0.2.1`. */
export function readNetwork(text: string): NetworkReading {
  const [written = '', digits, ...more] = text.split('/');
  if (written.includes('%')) return refused(`${written} has a zone, and a network has none`);
  if (isIP(written) === 0) return refused(`${written === '' ? 'nothing' : written} is not an IP address`);
  if (more.length > 0) return refused(`${text} has more than one slash`);
  const address = plainAddress(written);
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const bits = family === 'ipv4' ? 32 : 128;
  // The prefix of `::ffff:192.0.2.0/120` counts the bits of IPv6, and the network is one of IPv4.
  const offset = isIPv4(written) ? 0 : 128 - bits;
  const prefix = digits === undefined ? bits : prefixFrom(digits) - offset;
  if (!(prefix >= 0 && prefix <= bits)) return refused(`/${digits} is not a number from ${offset} to ${bits + offset}`);
  const network: Network = { family, address: withoutHostBits(address, prefix), prefix };
  if (network.address !== address) return refused(`${text} has host bits; its network is ${textOf(network)}`);
  return { is: 'network', network };
}

export class Networks {
  // One list for each family: a list with `::/0` in it would say that it has every IPv4 address too.
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  constructor(networks: readonly Network[]) {
    for (const { address, prefix, family } of networks) this.#lists[family].addSubnet(address, prefix, family);
  }

  /** Whether the address is in one of them; what is no IP address, such as the peer of a Unix socket, is in none. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    const version = isIP(plain);
    if (version === 0) return false;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    return this.#lists[family].check(plain, family);
  }
}

function prefixFrom(digits: string): number {
  return /^(?:0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
}

function withoutHostBits(address: string, prefix: number): string {
  const groups = ipv6Groups(address);
  if (groups) return ipv6Text(masked(groups, 16, prefix));
  return masked(address.split('.').map(Number), 8, prefix).join('.');
}

/** The numbers with all bits behind the prefix cleared; each of them has so many bits. */
function masked(numbers: readonly number[], bits: number, prefix: number): number[] {
  return numbers.map((number, index) => {
    const hostBits = Math.min(bits, Math.max(0, (index + 1) * bits - prefix));
    return (number >> hostBits) << hostBits;
  });
}

export function textOf({ address, prefix }: Network): string {
  return `${address}/${prefix}`;
}

function refused(why: string): NetworkReading {
  return { is: 'refused', why };
}
