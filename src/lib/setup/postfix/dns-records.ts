import { isIPv4, isIPv6 } from 'node:net';
import type { Site } from './site.ts';

/** Advice in the form of a zone file, for whoever keeps the zones. */
export function dnsRecords(site: Site): string {
  const { hostname } = site;
  const domains = site.mode === 'blackhole' ? [] : site.domains;
  const ipv4 = site.listen.find((address) => isIPv4(address)) ?? '192.0.2.1';
  const ipv6 = site.listen.find((address) => isIPv6(address)) ?? '2001:db8::1';
  return `; Records for ${hostname}. Put your public addresses in place of ${ipv4} and ${ipv6},
; and leave out the AAAA record where there is no IPv6.

${hostname}. IN A ${ipv4}
${hostname}. IN AAAA ${ipv6}

; The provider of the addresses sets these. Some senders look whether they lead back to the name.
${reverseName(ipv4)}. IN PTR ${hostname}.
; ${ipv6} IN PTR ${hostname}.

; The host itself sends no mail.
${hostname}. IN TXT "v=spf1 -all"
${domains.map((domain) => domainRecords(domain, site)).join('')}${site.mode === 'blackhole' ? blackHoleAdvice : ''}`;
}

function reverseName(ipv4: string): string {
  return `${ipv4.split('.').toReversed().join('.')}.in-addr.arpa`;
}

function domainRecords(domain: string, site: Site): string {
  const sender =
    site.mode === 'mailserver' && site.relayhost !== undefined
      ? `; What ${site.relayhost.host} asks its customers to set goes before -all, as include:…`
      : '; Nothing is ever sent from this domain: whoever does so forges it.';
  return `
${domain}. IN MX 10 ${site.hostname}.
${sender}
${domain}. IN TXT "v=spf1 -all"
_dmarc.${domain}. IN TXT "v=DMARC1; p=reject"
`;
}

const blackHoleAdvice = `
; A black hole needs no more. Domains whose MX record names it are taken as well as those that never heard of it.
`;
