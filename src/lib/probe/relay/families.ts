/** Over which versions of IP servers are looked for. */
export interface Families {
  /** Whether this machine has a way into the IPv6 internet. */
  readonly ipv6: 'routed' | 'unrouted';
  /** Domains whose servers are gone to over IPv4 alone, such as gmail.com, which asks more of IPv6 senders. */
  readonly ipv4Only: readonly string[];
}

export type Family = 'ipv4' | 'ipv6';

// Domains of others are hosted there, and only the names of their servers tell.
const serversOf: Readonly<Record<string, readonly string[]>> = { 'gmail.com': ['google.com', 'googlemail.com'] };

/** The versions of IP over which a server of a domain may be gone to. */
export function familiesFor(domain: string, host: string, { ipv6, ipv4Only }: Families): readonly Family[] {
  if (ipv6 === 'unrouted') return ['ipv4'];
  const isOverIpv4 = ipv4Only
    .map((each) => each.toLowerCase())
    .some((each) => domain === each || [each, ...(serversOf[each] ?? [])].some((above) => isBelow(host, above)));
  return isOverIpv4 ? ['ipv4'] : ['ipv6', 'ipv4'];
}

function isBelow(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
