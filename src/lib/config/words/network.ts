import { readNetwork, textOf, type Network } from '../../net/network.ts';
import { scalarKind } from './kind.ts';

export const network = scalarKind<Network>({
  valid: 'a network such as 192.0.2.0/24 or 2001:db8::/32, or a single address',
  parse(text) {
    const reading = readNetwork(text);
    return reading.is === 'network' ? reading.network : undefined;
  },
  show: textOf,
});
