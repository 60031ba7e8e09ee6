import { FeedFault } from '../feed-fault.ts';
import { within } from '../../../patience.ts';
import type { Handover } from '../handover.ts';

/** The kernel has it. What is in its buffers, or in the broker's, is lost with either of them. */
export function bySocket(ms: number): Handover {
  const late = () => new FeedFault('timeout', `the broker has read nothing for ${ms} ms`);
  return {
    by: 'socket',
    keeps: true,
    begin: () => undefined,
    async hand(link, batch, signal) {
      link.publish(...batch);
      await within({ ms, late, signal }, link.written());
    },
  };
}
