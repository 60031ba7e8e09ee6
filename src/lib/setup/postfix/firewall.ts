import { isIPv4, isIPv6 } from 'node:net';
import { madeBy } from './origin.ts';
import type { Relayhost, Site } from './site.ts';

// The second lock: the first is that Postfix has no SMTP client. Both look at where a connection goes to, never at
// the port that it comes from, which any program may choose.

const smtpPorts = [25, 465, 587];

function relayhostOf(site: Site): Relayhost | undefined {
  return site.mode === 'mailserver' ? site.relayhost : undefined;
}

function allPorts(relayhost: Relayhost | undefined): number[] {
  return [...new Set([...smtpPorts, ...(relayhost ? [relayhost.port] : [])])];
}

export function nftRules(site: Site): string {
  const relayhost = relayhostOf(site);
  return `#!/usr/sbin/nft -f
${madeBy(site)}#
# Nothing on this machine speaks SMTP to another one. Load it with: nft -f firewall.nft
# To have it at each start: include this file in /etc/nftables.conf.

# Declared first, so that there is always one to delete: loading this twice leaves it once.
add table inet spamtrap
delete table inet spamtrap

table inet spamtrap {
  chain output {
    type filter hook output priority 0; policy accept;
    oifname "lo" accept
${relayhost ? `${nftException(relayhost)}\n` : ''}    tcp dport { ${allPorts(relayhost).join(', ')} } counter drop
  }
}
`;
}

function nftException({ host, port }: Relayhost): string {
  if (isIPv4(host)) return `    ip daddr ${host} tcp dport ${port} accept`;
  if (isIPv6(host)) return `    ip6 daddr ${host} tcp dport ${port} accept`;
  // The addresses of a name change, and a rule would not.
  return `    # ${host}, whose addresses may change: only Postfix may.
    meta skuid "postfix" tcp dport ${port} accept`;
}

export function iptablesScript(site: Site): string {
  const relayhost = relayhostOf(site);
  return `#!/bin/sh
${madeBy(site)}#
# Nothing on this machine speaks SMTP to another one. For systems without nft; a second call changes nothing.
# To have it at each start: apt-get install iptables-persistent && netfilter-persistent save
set -eu

close() {
  iptables=$1
  "$iptables" -w -N SPAMTRAP 2>/dev/null || "$iptables" -w -F SPAMTRAP
  "$iptables" -w -A SPAMTRAP -o lo -j RETURN
  shift
  while [ "$#" -gt 0 ]; do
    # An exception is several words.
    # shellcheck disable=SC2086
    "$iptables" -w -A SPAMTRAP -p tcp $1 -j RETURN
    shift
  done
  "$iptables" -w -A SPAMTRAP -p tcp -m multiport --dports ${allPorts(relayhost).join(',')} -j DROP
  "$iptables" -w -C OUTPUT -j SPAMTRAP 2>/dev/null || "$iptables" -w -I OUTPUT 1 -j SPAMTRAP
}

close iptables${relayhost ? iptablesException(relayhost, isIPv6) : ''}
close ip6tables${relayhost ? iptablesException(relayhost, isIPv4) : ''}
`;
}

function iptablesException({ host, port }: Relayhost, isOfTheOther: (host: string) => boolean): string {
  if (isOfTheOther(host)) return '';
  const to = isIPv4(host) || isIPv6(host) ? `-d ${host}` : '-m owner --uid-owner postfix';
  return ` '${to} --dport ${port}'`;
}

export function pfRules(site: Site): string {
  const relayhost = relayhostOf(site);
  const exception = relayhost ? `pass out quick proto tcp to ${relayhost.host} port ${relayhost.port}\n` : '';
  return `${madeBy(site)}#
# Nothing on this machine speaks SMTP to another one. Include it in /etc/pf.conf before other rules:
#   include "firewall.pf.conf"
# and load it with: pfctl -f /etc/pf.conf
${exception}block drop out quick on ! lo0 proto tcp to any port { ${allPorts(relayhost).join(', ')} }
`;
}
