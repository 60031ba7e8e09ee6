import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from '../../src/lib/tls/self-signed.ts';

/** A certificate that vouches for itself. */
export interface ServerCertificate {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
  /** Key and certificate in one file, as Courier and stunnel take them. */
  readonly both: string;
  /** SHA-256 of the certificate, in hexadecimal with colons. */
  readonly fingerprint: string;
}

export async function writeServerCertificate(folder: string, host = 'localhost'): Promise<ServerCertificate> {
  const { key, cert } = await selfSigned(host, Date.now());
  const files = {
    cert: join(folder, 'server.crt'),
    key: join(folder, 'server.key'),
    both: join(folder, 'server.pem'),
  };
  writeFileSync(files.cert, cert);
  // Each server reads it as a user of its own.
  writeFileSync(files.key, key, { mode: 0o644 });
  writeFileSync(files.both, key + cert, { mode: 0o644 });
  return { ...files, fingerprint: new X509Certificate(cert).fingerprint256 };
}
