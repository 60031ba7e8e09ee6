import { lmtpTransport } from './lmtp.ts';
import { nothingLeaves } from './main-cf-delivery.ts';
import { nexthop } from './main-cf-relayhost.ts';
import { madeBy, yoursToEdit } from './origin.ts';
import type { BlackHole, MailServer, Relayhost, TrapForDomains } from './site.ts';

type Row = readonly [key: string, value: string];

function rows(pairs: readonly Row[]): string {
  return pairs.map(([key, value]) => `${key} ${value}\n`).join('');
}

export function transportMap(site: TrapForDomains | BlackHole): string {
  const trap = lmtpTransport(site.lmtp);
  const everything: Row = ['*', site.mode === 'blackhole' ? trap : nothingLeaves];
  const listed = site.mode === 'blackhole' ? [] : site.domains.map((domain): Row => [domain, trap]);
  return `${madeBy(site)}\n${rows([...listed, everything])}`;
}

/** A map, where a plain list would take each "OK" for one more domain. */
export function domainsMap(site: TrapForDomains | MailServer): string {
  const head = site.mode === 'mailserver' ? yoursToEdit : madeBy(site);
  return `${head}\n${rows(site.domains.map((domain) => [domain, 'OK']))}`;
}

export function mailboxesMap({ mailboxes, domains }: MailServer): string {
  const example = mailboxes.length > 0 ? '' : `# adam@${domains[0]} adam@${domains[0]}\n`;
  return `${yoursToEdit}#
# One mailbox on each line: its address, and the name with which its user logs in. It is the same address twice.

${example}${rows(mailboxes.map((address) => [address, address]))}`;
}

export function aliasesMap({ mailboxes, domains, catchAll }: MailServer): string {
  const [someone = `adam@${domains[0]}`] = mailboxes;
  const taken = new Set(mailboxes);
  const duties = mailboxes.length === 0 ? [] : domains.flatMap((domain) => [`postmaster@${domain}`, `abuse@${domain}`]);
  const rest = catchAll === undefined ? [] : domains.map((domain): Row => [`@${domain}`, catchAll]);
  return `${yoursToEdit}#
# An address, and who gets its mail instead; several with commas between are a list:
#   team@${domains[0]} ${someone}, eve@${domains[0]}
# What no other line and no mailbox takes, a domain's catch-all does:
#   @${domains[0]} ${someone}

${rows([...duties.filter((duty) => !taken.has(duty)).map((duty): Row => [duty, someone]), ...rest])}`;
}

export function senderLoginsMap({ mailboxes, domains }: MailServer): string {
  const [someone = `adam@${domains[0]}`] = mailboxes;
  return `${yoursToEdit}#
# Each mailbox may send under its own address. Further addresses, and who may send under them:
#   team@${domains[0]} ${someone}
`;
}

/** Whose mail may leave: a sender that is not here, as that of a notice, has no way out. */
export function outgoingMap(site: MailServer): string {
  return `${yoursToEdit}\n${rows(site.domains.map((domain) => [`@${domain}`, 'smtp:']))}`;
}

/** Made anew where the login is known, and once where the operator is to fill it in. */
export function passwordMap(site: MailServer, relayhost: Relayhost): string {
  const { login } = relayhost;
  const host = nexthop(relayhost);
  if (login) return `${madeBy(site)}\n${rows([[host, `${login.user}:${login.password}`]])}`;
  return `${yoursToEdit}#
# The relay host, and with what to log in there:
#   ${host} user:password
`;
}
