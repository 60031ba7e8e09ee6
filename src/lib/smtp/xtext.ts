import type { PeerText } from '../capture/capture.ts';
import { peerBytes, peerText } from '../text/peer-text.ts';

/** Decodes xtext (RFC 3461): `+` and two hexadecimal digits stand for a byte. What is no xtext stays as it is. */
export function xtext(text: PeerText): PeerText {
  if (!text.includes('+')) return text;
  const decoded = peerBytes(text)
    .toString('latin1')
    .replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return peerText(Buffer.from(decoded, 'latin1'));
}
