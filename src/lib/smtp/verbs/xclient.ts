import type { PeerText } from '../../capture/capture.ts';
import type { Dialogue } from '../dialogue.ts';

/** XCLIENT and XFORWARD to a server that trusts nobody. */
export function untrusted(verb: 'XCLIENT' | 'XFORWARD'): (dialogue: Dialogue, argument: PeerText) => void {
  return (dialogue, argument) => {
    if (!dialogue.knows('notAuthorised')) return dialogue.say('unknown');
    if (dialogue.transaction) return dialogue.say('xclientNested');
    if (argument === '') return dialogue.say('xclientSyntax', { verb });
    dialogue.say('notAuthorised');
  };
}
