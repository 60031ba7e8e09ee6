import { domainToASCII } from 'node:url';
import type { PeerText } from '../../capture/capture.ts';

/** An address to which something may be sent at all. */
export interface Mailbox {
  /** As it goes over the wire. */
  readonly address: string;
  /** The part before `@` without its detail, in lower case. */
  readonly name: string;
  /** In ASCII and lower case. */
  readonly domain: string;
}

// Quotes, comments, routes, `%` and `!` can write one mailbox in endless ways, each of which would be a new one to a
// budget; a hyphen in front is an option to some programs. Nobody who wants to hear of a relay needs any of them.
const localPart = /^[a-z\d_](?:[\w.+=&'~-]{0,63})$/i;
const label = '[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?';
const domainName = new RegExp(`^(?:${label}\\.)+(?=[a-z])${label}$`);

export function readMailbox(text: PeerText): Mailbox | undefined {
  const at = text.indexOf('@');
  const local = text.slice(0, at);
  if (at < 1 || !localPart.test(local) || local.includes('..') || local.endsWith('.')) return undefined;
  const domain = readDomain(text.slice(at + 1));
  if (domain === undefined) return undefined;
  const name = local.toLowerCase().replace(/\+.*$/, '');
  return { address: `${local}@${domain}`, name, domain };
}

/** The domain in ASCII and lower case; undefined when it is none that has a mail server of its own. */
export function readDomain(text: PeerText): string | undefined {
  const isAscii = /^[\x00-\x7f]*$/.test(text);
  if (text.length > 255) return undefined;
  const ascii = (isAscii ? text.toLowerCase() : domainToASCII(text)).replace(/\.$/, '');
  return ascii.length <= 253 && domainName.test(ascii) ? ascii : undefined;
}

/** By which a mailbox is counted: `User+detail@Example.ORG` is `user@example.org`. */
export function countedAs({ name, domain }: Mailbox): string {
  return `${name}@${domain}`;
}
