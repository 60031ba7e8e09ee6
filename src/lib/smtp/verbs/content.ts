import type { PeerText } from '../../capture/capture.ts';
import { Chunk } from '../chunk.ts';
import type { Dialogue } from '../dialogue.ts';
import type { AnyOccasion } from '../persona.ts';

export function data(dialogue: Dialogue, argument: PeerText): void {
  const { transaction, lastRejected } = dialogue;
  if (dialogue.hasChunks && dialogue.knows('dataAfterChunk')) return dialogue.say('dataAfterChunk');
  if (!transaction?.to.length) return dialogue.say(withoutRecipient(dialogue), { rejected: lastRejected ?? '' });
  if (argument !== '') return dialogue.say('dataSyntax');
  dialogue.say('data');
  dialogue.expectContent();
}

function withoutRecipient(dialogue: Dialogue): AnyOccasion {
  const { transaction, lastRejected } = dialogue;
  if (lastRejected === undefined) return transaction ? 'dataNeedsRcpt' : 'dataNeedsMail';
  if (transaction) return 'dataNoValidRcpt';
  return dialogue.knows('dataNeedsMailRefused') ? 'dataNeedsMailRefused' : 'dataNeedsMail';
}

export function bdat(dialogue: Dialogue, argument: PeerText): void {
  if (!dialogue.knows('chunk')) return dialogue.say('notImplemented');
  const chunk = Chunk.parse(argument);
  if (chunk) dialogue.expectChunk(chunk);
  else dialogue.say('chunkSyntax');
}
