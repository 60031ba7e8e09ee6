import type { PeerText } from '../../capture/capture.ts';
import { asciiUpper } from '../../text/ascii.ts';
import type { Dialogue } from '../dialogue.ts';
import { Transaction } from '../transaction.ts';

export function mail(dialogue: Dialogue, argument: PeerText): void {
  const { transaction, introducedWith, counts, limits, grammar } = dialogue;
  if (introducedWith === undefined && dialogue.knows('mailNeedsHelo')) return dialogue.say('mailNeedsHelo');
  if (transaction) return dialogue.say('mailNested');
  if (counts.messages >= limits.messages) return dialogue.refuseFor('messages', 'mailTooMuch');
  const given = grammar.sender(argument, { messageSize: limits.messageSize, introducedWith });
  if (given.is === 'refused') {
    if (given.occasion === 'sizeExceeded') return dialogue.refuseFor('messageSize', given.occasion, given.words);
    return dialogue.say(given.occasion, given.words);
  }
  const ruled = dialogue.ask('mail', () => ({ from: given.address }));
  if (ruled === 'refused') return;
  dialogue.begin(new Transaction(given.address, given.parameters));
  if (ruled === 'answered') return;
  const asksForPrdr = given.parameters.some((word) => asciiUpper(word) === 'PRDR');
  const occasion = asksForPrdr && dialogue.knows('mailWithPrdr') ? 'mailWithPrdr' : 'mail';
  dialogue.say(occasion, { argument: given.address });
}

export function rcpt(dialogue: Dialogue, argument: PeerText): void {
  const { transaction, limits, grammar } = dialogue;
  if (!transaction) return dialogue.refuseRecipient('rcptNeedsMail');
  if (dialogue.hasChunks && dialogue.knows('rcptAfterChunk')) return dialogue.say('rcptAfterChunk');
  const given = grammar.recipient(argument, transaction.declared);
  if (given.is === 'refused') return dialogue.refuseRecipient(given.occasion, given.words);
  if (transaction.to.length >= limits.recipients) return dialogue.refuseFor('recipients', 'rcptTooMany');
  if (transaction.lengthWith(given.address, given.parameters) > limits.envelope)
    return dialogue.refuseFor('envelope', 'rcptTooMany');
  if (!dialogue.takes(given.address)) return dialogue.refuseRecipient('rcptUnknown', { argument: given.address });
  const ruled = dialogue.ask('rcpt', () => ({ to: [...transaction.to, given.address] }));
  if (ruled === 'refused') return;
  transaction.add(given.address, given.parameters);
  if (ruled === 'asUsual') dialogue.say('rcpt', { argument: given.address });
}
