import { isIPv4, isIPv6 } from 'node:net';
import type { PeerText } from '../../capture/capture.ts';
import { hostName } from '../../net/host-name.ts';
import { plainAddress } from '../../net/plain-address.ts';

/** An envelope address that can be said to a server without saying anything else. */
export interface MailAddress {
  /** As the envelope has it. */
  readonly given: PeerText;
  /** As it is said: the same with its domain in ASCII. */
  readonly said: string;
  /** `example.org`, `[192.0.2.1]`, `[IPv6:2001:db8::1]`; absent for the null sender. */
  readonly domain?: string;
  readonly needsSmtpUtf8: boolean;
}

export type AddressReading =
  { readonly is: 'address'; readonly address: MailAddress } | { readonly is: 'refused'; readonly why: string };

/** RFC 5321, 4.5.3.1.3, without the brackets (RFC 3696, errata 1690). */
const mostBytes = 254;

// Also the controls of ISO 6429, separators of lines and all blanks but the one that quotes can hold.
const neverInside = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u;
// Either no quote or nothing but one quoted string: one reading, whoever reads it.
const localPart = /^(?:[^\s"\\<>()[\]@,;:]+|"(?:[^"\\]|\\[ -~])*")$/u;

/**
 * Reads an envelope address on its way out. What an intake takes as evidence is anything; what is said to a stranger's
 * server has one local part, one domain and no second meaning.
 */
export function readMailAddress(given: PeerText): AddressReading {
  if (neverInside.test(given)) return refused('has control characters, blanks or bytes that are no text');
  const at = given.lastIndexOf('@');
  if (at < 0) return refused('has no domain');
  const [local, written] = [given.slice(0, at), given.slice(at + 1)];
  if (!localPart.test(local)) return refused('has a local part that servers read in different ways');
  const domain = readMailDomain(written);
  if (domain === undefined) return refused('has a domain that is neither a host name nor an address');
  const said = `${local}@${domain}`;
  if (Buffer.byteLength(given) > mostBytes || Buffer.byteLength(said) > mostBytes) {
    return refused(`is longer than ${mostBytes} bytes`);
  }
  return { is: 'address', address: { given, said, domain, needsSmtpUtf8: /[^\x00-\x7f]/.test(local) } };
}

/** As readMailAddress, where the null sender of bounces is an address too. */
export function readSender(given: PeerText): AddressReading {
  if (given !== '') return readMailAddress(given);
  return { is: 'address', address: { given, said: '', needsSmtpUtf8: false } };
}

/** A domain in its one spelling: a host name in ASCII, or the literal of an address. */
export function readMailDomain(written: string): string | undefined {
  const address = literalAddress(written);
  if (address === undefined) return hostName(written.replace(/\.$/, ''));
  return isIPv4(address) ? `[${address}]` : `[IPv6:${address}]`;
}

/** The address in `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
export function literalAddress(domain: string): string | undefined {
  const [, ipv6, inside = ''] = /^\[(IPv6:)?([^\][]*)\]$/i.exec(domain) ?? [];
  if (ipv6 === undefined) return isIPv4(inside) ? inside : undefined;
  // An IPv4 address in IPv6 stays one: the policy has to see it as it was written.
  return isIPv6(inside) && !inside.includes('%') ? keepMapped(inside) : undefined;
}

function keepMapped(address: string): string {
  const plain = plainAddress(address);
  return isIPv4(plain) ? `::ffff:${plain}` : plain;
}

function refused(why: string): AddressReading {
  return { is: 'refused', why };
}
