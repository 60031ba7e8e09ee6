import { randomInt } from 'node:crypto';
import { publicAddresses, type AddressPolicy } from '../net/public-address.ts';
import type { Destination } from '../probe/relay/destination.ts';
import { nodeResolver } from '../probe/relay/node-resolver.ts';
import type { RouteMeans } from '../probe/relay/plan-route.ts';
import { relayMessage } from '../probe/relay/relay-message.ts';
import { usualTimeouts } from '../probe/relay/timeouts.ts';
import type { Relay } from '../probe/relay-job.ts';
import type { RelayMode } from '../probe/relay-mode.ts';
import type { DeskStart } from './desk-settings.ts';
import { interfaceAddresses } from './own-addresses.ts';

/** Where a probe for the recipients of one domain goes. */
export type Destinations = (domain: string) => Destination;

export function destinationsOf(mode: RelayMode, { test }: DeskStart['probes'], sandboxPort: number): Destinations {
  switch (mode) {
    case 'sandbox':
      return () => ({ is: 'sandbox', port: sandboxPort });
    case 'test':
      return () => ({ is: 'server', host: test.server!, port: test.port });
    default:
      return (domain) => ({ is: 'mx', domain });
  }
}

/** What it takes to find the way of a message; looked at anew each time, because addresses come and go. */
export function routeMeans({ probes, ownAddresses }: DeskStart, signal: AbortSignal): RouteMeans {
  const interfaces = interfaceAddresses();
  return {
    resolver: nodeResolver({ servers: probes.resolvers ?? [] }),
    mayConnect: publicAddresses([...ownAddresses, ...interfaces]),
    families: { ipv6: hasIpv6(interfaces) ? 'routed' : 'unrouted', ipv4Only: probes.ipv4Only },
    randomInt,
    dnsTimeout: usualTimeouts.dns,
    signal,
  };
}

/** Sends the jobs of the courier. */
export function probeRelay(start: DeskStart, destinations: Destinations): Relay {
  const { probes, heloName } = start;
  return async ({ from, to, domain, content }, mayStill, signal) => {
    const means = routeMeans(start, signal);
    const letter = {
      from: probes.mode === 'test' ? (probes.test.sender ?? from) : from,
      to,
      content,
      heloName,
      ...(probes.repair === 'headers' && { repairs: ['date', 'message-id'] as const }),
    };
    // Asked again for each address, right before it is connected to.
    const mayConnect: AddressPolicy = (address) =>
      mayStill() ? means.mayConnect(address) : { is: 'forbidden', why: 'is not connected to any more' };
    return relayMessage(letter, { ...means, mayConnect, destination: destinations(domain), now: Date.now });
  };
}

function hasIpv6(interfaces: readonly string[]): boolean {
  const isPublic = publicAddresses([]);
  return interfaces.some((address) => address.includes(':') && isPublic(address).is === 'allowed');
}
