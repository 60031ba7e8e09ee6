import { receiptsChannel } from '../../capability.ts';
import { decodeReceipt } from '../../receipt.ts';
import { FeedFault } from '../feed-fault.ts';
import { within } from '../../../patience.ts';
import { whileUp, type Handover } from '../handover.ts';
import type { Publication } from '../publication.ts';

/** Whoever stores the messages says so. The only way that survives a subscriber that is away. */
export function byReceipts(ms: number): Handover {
  return {
    by: 'receipts',
    keeps: true,
    begin: (link) => link.subscribe(receiptsChannel),
    async hand(link, batch, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const open = new Set(batch.map(nameOf));
      link.onMessage = ({ channel, payload }) => {
        const receipt = channel === receiptsChannel ? decodeReceipt(payload) : undefined;
        for (const sha256 of receipt?.sha256 ?? []) open.delete(nameOf({ channel: receipt!.channel, sha256 }));
        if (open.size === 0) resolve();
      };
      link.publish(...batch);
      const late = () => unconfirmed(open.size, ms);
      await within({ ms, late, signal }, open.size === 0 ? link.written() : whileUp(link, promise));
    },
  };
}

function nameOf({ channel, sha256 }: Pick<Publication, 'channel' | 'sha256'>): string {
  return `${sha256} ${channel}`;
}

function unconfirmed(count: number, ms: number): FeedFault {
  const message = `${count} of a batch are not said to be stored after ${ms} ms: is "spamtrap subscribe" running?`;
  return new FeedFault('timeout', message);
}
