import type { PeerText } from '../../capture/capture.ts';
import { asciiUpper } from '../../text/ascii.ts';
import { xtext } from '../xtext.ts';
import type { Dialogue } from '../dialogue.ts';

const attributes = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'IDENT', 'SOURCE'];

/** What Postfix tells of the client from which it has the next message. */
export function xforward(dialogue: Dialogue, argument: PeerText): void {
  const facts: Record<string, PeerText> = {};
  for (const word of argument.split(/[ \t]+/)) {
    const [name = '', value] = word.split('=', 2);
    const isKnown = value !== undefined && attributes.includes(asciiUpper(name));
    if (!isKnown) return dialogue.say('unsupportedOption', { option: word });
    facts[name.toLowerCase()] = xtext(value);
  }
  dialogue.forward(facts);
  dialogue.say('xforward');
}
