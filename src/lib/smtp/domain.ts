import { isIPv4, isIPv6 } from 'node:net';
import type { PeerText } from '../capture/capture.ts';

const longestLabel = 63;
const longestName = 255;

/** What nearly all names look like. */
const plainName = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,4}[a-z]{2,63}$/i;

/** Whether mail servers take this for the name of a host: letters, digits, hyphens and underscores, in labels. */
export function isDomainName(name: PeerText): boolean {
  if (name.length <= longestName && plainName.test(name)) return true;
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  if (bare.length > longestName) return false;
  const labels = bare.split('.');
  // An address without its brackets is no name.
  if (/^\d+$/.test(labels.at(-1)!)) return false;
  return labels.every((label) => label.length <= longestLabel && /^[a-z\d_](?:[a-z\d_-]*[a-z\d_])?$/i.test(label));
}

/** As isDomainName, where names may be in Unicode. */
export function isUnicodeDomainName(name: PeerText): boolean {
  return isDomainName(name.replaceAll(/[^\x00-\x7f]/gu, 'u'));
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]`; the last bracket may be missing, as servers have it. */
export function isAddressLiteral(text: PeerText): boolean {
  const [, ipv6, address = ''] = /^\[(IPv6:)?([^\]]*)\]?$/i.exec(text) ?? [];
  return ipv6 === undefined ? isIPv4(address) : isIPv6(address);
}

/**
 * The domain in which a path ends, in lower case and without its last dot: what stands behind the last `@` outside
 * quotes, also of `@relay:user@domain`.
 */
export function domainOf(address: PeerText): string | undefined {
  return rawDomainOf(address)?.replace(/\.$/, '').toLowerCase();
}

/** The same as it was written. */
export function rawDomainOf(address: PeerText): PeerText | undefined {
  const at = address.lastIndexOf('@');
  if (!/["\\]/.test(address)) return at < 0 ? undefined : address.slice(at + 1);
  let quoted = false;
  let domain: number | undefined;
  for (let at = 0; at < address.length; at++) {
    const character = address[at]!;
    if (character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === '@' && !quoted) domain = at + 1;
  }
  return domain === undefined ? undefined : address.slice(domain);
}
