import type { AddressPolicy } from '../../net/public-address.ts';
import { plainAddress } from '../../net/plain-address.ts';

/** Both ends of a connection, as the kernel tells them. */
export interface Whereabouts {
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

const loopback = /^(?:127\.|::1$)/;

/** Why a connection that has come about may not be spoken on: where it leads is what counts, not where it should. */
export function whyNotThere({ remoteAddress, localAddress }: Whereabouts, wanted: string, mayConnect: AddressPolicy) {
  if (remoteAddress === undefined || localAddress === undefined) return 'nobody knows where the connection leads';
  const there = plainAddress(remoteAddress);
  if (there !== plainAddress(wanted)) return `the connection leads to ${there} and not to ${wanted}`;
  // An address of ours that nobody has told us is at both ends of a connection to it.
  if (there === plainAddress(localAddress) && !loopback.test(there)) return `${there} is an address of this machine`;
  const verdict = mayConnect(there);
  return verdict.is === 'allowed' ? undefined : `${there} ${verdict.why}`;
}
