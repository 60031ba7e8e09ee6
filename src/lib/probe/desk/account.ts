import { networkOf, plainAddress } from '../../net/plain-address.ts';
import type { Attempt } from '../budget/limits.ts';
import type { Excess } from '../budget/weigh.ts';
import { describeExcess } from '../budget/words.ts';
import type { Probe, ProbeRecipient } from '../probe.ts';
import type { Choice } from '../recipients/choose-recipients.ts';
import { countedAs, type Mailbox } from '../recipients/mailbox.ts';

/** What the budget is to count for one recipient of a probe. */
export function attemptFor({ id, rule, size, peer = '' }: Probe, mailbox: Mailbox, now: number): Attempt {
  const source = plainAddress(peer);
  return {
    at: now,
    probe: id,
    recipient: countedAs(mailbox),
    domain: mailbox.domain,
    source,
    network: networkOf(source),
    rule,
    bytes: size,
  };
}

/** Every recipient of a probe with what is to become of it: chosen or not, with room in the budget or without. */
export function accountFor(
  { recipients }: Probe,
  choices: readonly Choice[],
  excessAt: (place: number) => Excess | undefined = () => undefined,
): ProbeRecipient[] {
  return recipients.map((recipient, place) => {
    const choice = choices[place]!;
    if (choice.is === 'refused') return { ...recipient, state: 'refused', reason: choice.why };
    const excess = excessAt(place);
    if (excess) return { ...recipient, state: 'refused', reason: describeExcess(excess) };
    const { address } = choice.mailbox;
    return { ...recipient, state: 'sending', reason: `it is being sent to ${address}`, sentTo: address };
  });
}
