import { FeedFault } from '../feed-fault.ts';
import { within } from '../../../patience.ts';
import type { Handover } from '../handover.ts';

/**
 * A connection for each batch, of which we close our half: when the broker closes its own, it has read everything.
 * It needs no permission, and so it is what is left where no echo can be had.
 */
export function byEnd(ms: number): Handover {
  const late = () => new FeedFault('timeout', `the broker did not close within ${ms} ms after a batch`);
  return {
    by: 'end',
    keeps: false,
    begin: () => undefined,
    async hand(link, batch, signal) {
      link.publish(...batch);
      // An end that came before ours would not mean that everything was read.
      await within({ ms, late, signal }, link.written());
      await within({ ms, late, signal }, link.finish());
    },
  };
}
