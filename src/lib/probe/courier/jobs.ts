import type { Probe } from '../probe.ts';
import type { RelayJob } from '../relay-job.ts';
import { readMailbox } from '../recipients/mailbox.ts';

/** One job for each domain of those recipients for whom there is a reservation. */
export function jobsOf({ id, envelope, recipients }: Probe, content: Buffer): RelayJob[] {
  const byDomain = new Map<string, string[]>();
  for (const { state, sentTo } of recipients) {
    const mailbox = state === 'sending' && sentTo !== undefined ? readMailbox(sentTo) : undefined;
    if (!mailbox) continue;
    byDomain.set(mailbox.domain, [...(byDomain.get(mailbox.domain) ?? []), mailbox.address]);
  }
  return [...byDomain].map(([domain, to]) => ({ id, from: envelope.from, to, domain, content }));
}
