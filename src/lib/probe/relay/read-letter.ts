import { readMailAddress, readMailDomain, readSender, type MailAddress } from './mail-address.ts';
import type { Destination } from './destination.ts';
import { prepareContent, type PreparedContent } from './prepare-content.ts';
import type { Letter } from './letter.ts';

/** A message of which every part can be said to a server. */
export interface ReadyLetter {
  readonly heloName: string;
  readonly sender: MailAddress;
  readonly recipients: readonly MailAddress[];
  readonly content: PreparedContent;
}

export type LetterReading =
  { readonly is: 'ready'; readonly ready: ReadyLetter } | { readonly is: 'refused'; readonly why: string };

export interface LetterMeans {
  readonly destination: Destination;
  readonly now: () => number;
  readonly randomInt: (max: number) => number;
}

/** As many as every server has to take (RFC 5321, 4.5.3.1.8). */
const mostRecipients = 100;

/** Looks at everything that is to be said, before anybody is asked anything. */
export function readLetter(letter: Letter, means: LetterMeans): LetterReading {
  const { heloName, to } = letter;
  if (!/^[!-~]{1,255}$/.test(heloName))
    return refused(`${JSON.stringify(heloName)} is no name to introduce oneself by`);
  if (to.length === 0 || to.length > mostRecipients) return refused(`there are ${to.length} recipients`);
  const sender = readSender(letter.from);
  if (sender.is === 'refused') return refused(`the sender ${JSON.stringify(letter.from)} ${sender.why}`);
  const recipients: MailAddress[] = [];
  for (const given of to) {
    const recipient = readMailAddress(given);
    const why = recipient.is === 'refused' ? recipient.why : whyElsewhere(recipient.address, means.destination);
    if (recipient.is === 'refused' || why !== undefined)
      return refused(`the recipient ${JSON.stringify(given)} ${why}`);
    recipients.push(recipient.address);
  }
  const content = prepareContent(letter.content, { ...means, heloName, repairs: letter.repairs ?? [] });
  if (content.is === 'refused') return content;
  return { is: 'ready', ready: { heloName, sender: sender.address, recipients, content } };
}

function whyElsewhere({ domain }: MailAddress, destination: Destination): string | undefined {
  if (destination.is !== 'mx' || domain === readMailDomain(destination.domain)) return undefined;
  return `is not at ${destination.domain}`;
}

function refused(why: string): LetterReading {
  return { is: 'refused', why };
}
