import type { PeerText } from '../../capture/capture.ts';
import type { Dialogue } from '../dialogue.ts';

export function startTls(dialogue: Dialogue, argument: PeerText): void {
  if (argument !== '') return dialogue.say('startTlsSyntax');
  if (!dialogue.knows('startTls') || dialogue.tls === 'none') return dialogue.say('notImplemented');
  if (!wasOffered(dialogue) && dialogue.knows('startTlsNotOffered')) return dialogue.say('startTlsNotOffered');
  if (dialogue.tls === 'active') return dialogue.say('startTlsTwice');
  dialogue.say('startTls');
  dialogue.startTls();
}

// Who has not asked since TLS began has seen no offer, and has not seen that there is none.
function wasOffered({ tls, introducedWith }: Dialogue): boolean {
  const hasAsked = introducedWith === 'EHLO' || introducedWith === 'LHLO';
  return tls === 'offered' ? hasAsked : !hasAsked;
}
