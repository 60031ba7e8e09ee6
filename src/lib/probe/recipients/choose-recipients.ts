import type { PeerText } from '../../capture/capture.ts';
import { countedAs, readMailbox, type Mailbox } from './mailbox.ts';
import type { RecipientLists } from './recipient-lists.ts';

/**
 * What a message for several recipients means: the first that may be sent to, all of them as far as the budget goes,
 * or a question to an operator, whose approval then means all of them.
 */
export type ManyRecipients = 'first' | 'all-within-budget' | 'hold';

export interface RecipientPolicy {
  readonly many: ManyRecipients;
  readonly lists: RecipientLists;
  /** Bytes: a larger message is no probe that anybody needs to see again. */
  readonly largest: number;
}

/** One recipient of an envelope, by its place there. */
export type Choice =
  | { readonly is: 'wanted'; readonly place: number; readonly mailbox: Mailbox }
  | { readonly is: 'refused'; readonly place: number; readonly why: string };

/** What is to become of each recipient, before any budget is asked. */
export function chooseRecipients(
  addresses: readonly PeerText[],
  take: 'first' | 'all',
  lists: RecipientLists,
): readonly Choice[] {
  const seen = new Set<string>();
  return addresses.map((address, place): Choice => {
    const mailbox = readMailbox(address);
    if (!mailbox) return { is: 'refused', place, why: objectionTo(address) };
    const objection = lists.objection(mailbox);
    if (objection !== undefined) return { is: 'refused', place, why: objection };
    const counted = countedAs(mailbox);
    if (seen.has(counted)) return { is: 'refused', place, why: 'it is one of the recipients before it again' };
    if (take === 'first' && seen.size > 0) return { is: 'refused', place, why: onlyTheFirst };
    seen.add(counted);
    return { is: 'wanted', place, mailbox };
  });
}

const onlyTheFirst = 'of several recipients only the first one is sent to';

function objectionTo(address: PeerText): string {
  if (address === '') return 'a message without a recipient goes nowhere';
  return 'it is no plain address (name@domain), and nothing is sent to any other';
}
