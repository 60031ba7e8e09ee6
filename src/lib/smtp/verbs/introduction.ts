import type { PeerText } from '../../capture/capture.ts';
import type { Dialogue } from '../dialogue.ts';

export function helo(dialogue: Dialogue, argument: PeerText): void {
  if (!dialogue.grammar.isName(argument)) return dialogue.say('heloSyntax');
  introduce(dialogue, 'HELO', argument, () => dialogue.say('helo'));
}

export function ehlo(dialogue: Dialogue, argument: PeerText): void {
  if (!dialogue.grammar.isName(argument)) return dialogue.say('ehloSyntax');
  introduce(dialogue, 'EHLO', argument, () => dialogue.sayFeatures());
}

export function lhlo(dialogue: Dialogue, argument: PeerText): void {
  if (!dialogue.grammar.isName(argument)) return dialogue.say('ehloSyntax');
  introduce(dialogue, 'LHLO', argument, () => dialogue.sayFeatures());
}

function introduce(dialogue: Dialogue, verb: 'HELO' | 'EHLO' | 'LHLO', name: PeerText, welcome: () => void): void {
  const ruled = dialogue.ask('helo', () => ({ helo: name }));
  if (ruled === 'refused') return;
  dialogue.introduce(verb, name);
  if (ruled === 'asUsual') welcome();
}
