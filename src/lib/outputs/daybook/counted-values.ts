import { isIP } from 'node:net';
import type { CaptureFacts, Envelope, PeerText, SessionFacts, TriedCredentials } from '../../capture/capture.ts';
import { networkOf, plainAddress } from '../../net/plain-address.ts';

/** Longer values are cut: a peer must not decide how much is kept. */
const longest = 128;

export interface Source {
  readonly address: string;
  readonly network: string;
}

/** Who the message came from: the client of the mail server before us, where that one says so. */
export function messageSource({ evidence }: CaptureFacts): Source | undefined {
  if (!evidence) return undefined;
  const forwarded = evidence.forwarded?.['addr']?.replace(/^ipv6:/i, '') ?? '';
  return sourceOf(isIP(forwarded) > 0 ? forwarded : evidence.peer.address);
}

export function sessionSource({ peer }: SessionFacts): Source {
  return sourceOf(peer.address);
}

function sourceOf(address: string): Source {
  return { address: cut(plainAddress(address)), network: cut(networkOf(address)) };
}

export function heloOf(helo: PeerText): PeerText {
  return cut(helo);
}

/** One for each recipient, in small letters; empty where a recipient has none. */
export function recipientDomains({ to }: Envelope): PeerText[] {
  return to.map((recipient) => {
    const at = recipient.lastIndexOf('@');
    return at < 0 ? '' : cut(recipient.slice(at + 1, at + 1 + longest * 2)).replaceAll(/[A-Z]+/g, lower);
  });
}

/** A pair of user and password as one value. */
export function credentialsOf({ user, password }: TriedCredentials): string {
  return JSON.stringify([user, password].map((word) => (word === undefined ? null : cut(word))));
}

export interface CredentialPair {
  /** Null where none was given, or none could be decoded. */
  readonly user: PeerText | null;
  readonly password: PeerText | null;
}

export function pairOf(value: string): CredentialPair {
  const [user, password] = JSON.parse(value) as [PeerText | null, PeerText | null];
  return { user, password };
}

function cut(text: PeerText): PeerText {
  if (text.length <= longest) return text;
  const end = longest - 1;
  // Half of a pair of surrogates would look like a byte that the peer never sent, or like nothing at all.
  const splits = /[\ud800-\udbff]/.test(text[end - 1]!);
  return `${text.slice(0, splits ? end - 1 : end)}…`;
}

function lower(letters: string): string {
  return letters.toLowerCase();
}
