import { isIPv4 } from 'node:net';
import { ipv6Groups, ipv6Text } from './ipv6.ts';

/**
 * The one text for an address, by which peers are told apart and compared: IPv4 also where a socket for both families
 * says `::ffff:192.0.2.1`, canonical IPv6, no zone (`%eth0`), which names an interface of ours and nothing of the peer.
 * What is no address comes back as it is.
 */
export function plainAddress(address: string): string {
  const dotted = mappedInDots(address);
  const groups = dotted === undefined ? groupsOf(address) : undefined;
  if (!groups) return dotted ?? address;
  return isMapped(groups) ? dottedText(groups) : ipv6Text(groups);
}

/** Whose neighbours are most likely the same peer: `192.0.2.0/24`, `2001:db8:1:2::/64`. Not of an address: itself. */
export function networkOf(address: string): string {
  const groups = mappedInDots(address) === undefined ? groupsOf(address) : undefined;
  if (groups && !isMapped(groups)) return `${ipv6Text([...groups.slice(0, 4), 0, 0, 0, 0])}/64`;
  const plain = plainAddress(address);
  const lastDot = plain.lastIndexOf('.');
  return lastDot < 0 ? plain : `${plain.slice(0, lastDot)}.0/24`;
}

const mappedPrefix = '::ffff:';

/** The short way for the form in which a socket for both families tells every IPv4 address. */
function mappedInDots(address: string): string | undefined {
  if (!address.startsWith(mappedPrefix)) return undefined;
  const rest = address.slice(mappedPrefix.length);
  return isIPv4(rest) ? rest : undefined;
}

function groupsOf(address: string): number[] | undefined {
  if (!address.includes(':')) return undefined;
  const zone = address.indexOf('%');
  return ipv6Groups(zone < 0 ? address : address.slice(0, zone));
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.every((group, index) => index >= 5 || group === 0);
}

function dottedText(groups: readonly number[]): string {
  const [high, low] = [groups[6]!, groups[7]!];
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}
