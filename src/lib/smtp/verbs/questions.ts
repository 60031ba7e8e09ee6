import type { PeerText } from '../../capture/capture.ts';
import type { Dialogue } from '../dialogue.ts';

export function vrfy(dialogue: Dialogue, argument: PeerText): void {
  if (!dialogue.knows('vrfy')) return dialogue.say('unknown');
  const asked = dialogue.grammar.user(argument);
  if (asked.is === 'refused') dialogue.say(asked.occasion, asked.words);
  else dialogue.say('vrfy', { argument: asked.user });
}

export function expn(dialogue: Dialogue, argument: PeerText): void {
  dialogue.say('expn', { argument });
}

export function etrn(dialogue: Dialogue, argument: PeerText): void {
  if (!dialogue.knows('etrn')) return dialogue.say('unknown');
  if (dialogue.transaction && dialogue.knows('etrnNested')) return dialogue.say('etrnNested');
  const asked = dialogue.grammar.queue(argument);
  if (asked.is === 'refused') dialogue.say(asked.occasion, asked.words);
  else dialogue.say('etrn', { argument: asked.queue });
}

export function help(dialogue: Dialogue, argument: PeerText): void {
  dialogue.say('help', { argument, starttls: dialogue.tls === 'offered' ? 'STARTTLS ' : '' });
}
