import { randomBytes } from 'node:crypto';
import { FeedFault } from '../feed-fault.ts';
import { within } from '../../../patience.ts';
import { whileUp, type Handover } from '../handover.ts';

/**
 * A message to ourselves after each batch. A broker handles what one connection says in order, so when that message
 * is back, everything before it has been passed on to whoever subscribed.
 */
export function byEcho(channel: string, ms: number): Handover {
  const late = () => new FeedFault('timeout', `the broker did not confirm a batch within ${ms} ms`);
  return {
    by: 'echo',
    keeps: true,
    begin: (link) => link.subscribe(channel),
    async hand(link, batch, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const nonce = randomBytes(16);
      link.onMessage = (message) => {
        // Others may be allowed to publish there, but none of them knows this.
        if (message.channel === channel && message.payload.equals(nonce)) resolve();
      };
      link.publish(...batch, { channel, payload: nonce });
      await within({ ms, late, signal }, whileUp(link, promise));
    },
  };
}
