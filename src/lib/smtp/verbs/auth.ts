import type { PeerText } from '../../capture/capture.ts';
import { asciiUpper } from '../../text/ascii.ts';
import type { Dialogue } from '../dialogue.ts';

export function auth(dialogue: Dialogue, argument: PeerText): void {
  const { introducedWith, auth: state, transaction } = dialogue;
  const isIntroduced = introducedWith === 'EHLO' || introducedWith === 'LHLO';
  if (!isIntroduced && dialogue.knows('authNeedsEhlo')) return dialogue.say('authNeedsEhlo');
  if (state === 'disabled') return dialogue.say('authDisabled');
  if (state === 'needsTls') return dialogue.say('authNeedsTls');
  if (transaction) return dialogue.say('authNested');
  if (state === 'done') return dialogue.say('authTwice');
  const [mechanism, initial, ...more] = argument.split(/[ \t]+/);
  if (!mechanism || more.length > 0) return dialogue.say('authSyntax', { argument });
  const name = asciiUpper(mechanism);
  const isUnexpected = name === 'CRAM-MD5' && initial !== undefined;
  if (isUnexpected && dialogue.knows('authInitialNotExpected')) return dialogue.say('authInitialNotExpected');
  dialogue.authenticate(name, initial);
}
