import { readKeyPair } from '../key-pair.ts';
import { wrongFlag } from '../wrong-flag.ts';
import type { Mode, Tls } from './site.ts';
import type { Wishes } from './wishes.ts';

export function readTls(mode: Mode, { cert, key, 'self-signed': selfSigned, 'no-tls': noTls }: Wishes): Tls {
  const ways = [cert !== undefined || key !== undefined, selfSigned === true, noTls === true].filter(Boolean).length;
  const choice = 'Choose one of --cert with --key, --self-signed and --no-tls.';
  if (ways > 1) wrongFlag('--cert, --self-signed, --no-tls', 'they exclude each other.', choice);
  if (ways === 0 && mode === 'mailserver') wrongFlag('--cert', 'people’s mail programs want a certificate.', choice);
  if (noTls) return { is: 'none' };
  // Whoever sends to a trap does not look at its certificate.
  if (cert === undefined && key === undefined) return { is: 'self-signed' };
  if (cert === undefined) return wrongFlag('--cert', 'the certificate of --key is missing.', choice);
  if (key === undefined) return wrongFlag('--key', 'the key of --cert is missing.', choice);
  return { is: 'files', ...readKeyPair({ cert, key }) };
}
