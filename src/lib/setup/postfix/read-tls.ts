import { certificateMissing, readTlsChoice, type Tls, type TlsWishes } from '../tls-choice.ts';
import type { Mode } from './site.ts';

export function readTls(mode: Mode, wishes: TlsWishes): Tls {
  // Whoever sends to a trap does not look at its certificate.
  return readTlsChoice(wishes, () => (mode === 'mailserver' ? certificateMissing() : { is: 'self-signed' }));
}
