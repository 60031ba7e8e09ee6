import { readKeyPair, type KeyPair } from './key-pair.ts';
import { wrongFlag } from './wrong-flag.ts';

/** What a server that is set up shows its clients. */
export type Tls = { readonly is: 'none' } | { readonly is: 'self-signed' } | ({ readonly is: 'files' } & KeyPair);

export interface TlsWishes {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly 'self-signed'?: boolean | undefined;
  readonly 'no-tls'?: boolean | undefined;
}

const choice = 'Choose one of --cert with --key, --self-signed and --no-tls.';

/** Throws for flags that cannot be meant together; `otherwise` says what no flag at all stands for. */
export function readTlsChoice(
  { cert, key, 'self-signed': selfSigned, 'no-tls': noTls }: TlsWishes,
  otherwise: () => Tls,
): Tls {
  const ways = [cert !== undefined || key !== undefined, selfSigned === true, noTls === true].filter(Boolean).length;
  if (ways > 1) wrongFlag('--cert, --self-signed, --no-tls', 'they exclude each other.', choice);
  if (noTls) return { is: 'none' };
  if (selfSigned) return { is: 'self-signed' };
  if (cert === undefined && key === undefined) return otherwise();
  if (cert === undefined) return wrongFlag('--cert', 'the certificate of --key is missing.', choice);
  if (key === undefined) return wrongFlag('--key', 'the key of --cert is missing.', choice);
  return { is: 'files', ...readKeyPair({ cert, key }) };
}

export function certificateMissing(): never {
  return wrongFlag('--cert', 'people’s mail programs want a certificate.', choice);
}
