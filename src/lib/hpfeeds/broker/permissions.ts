import { echoChannel, receiptsChannel } from '../capability.ts';
import type { User } from './user.ts';

// Two channels are ours, and need no entry in anybody's list: the echo by which a publisher learns how far we are, and
// the receipts, which those who read write, and those who write read.

export function mayPublish({ ident, publishes, subscribes }: User, channel: string): boolean {
  if (publishes.has(channel) || channel === echoChannel(ident)) return true;
  return channel === receiptsChannel && subscribes.size > 0;
}

export function maySubscribe({ ident, publishes, subscribes }: User, channel: string): boolean {
  if (subscribes.has(channel) || channel === echoChannel(ident)) return true;
  return channel === receiptsChannel && publishes.size > 0;
}
