import { selfSigned } from '../../src/lib/tls/self-signed.ts';

/** A key and its certificate in one text, as Postfix wants them. */
export async function pemOf(hostname: string): Promise<string> {
  const { key, cert } = await selfSigned(hostname, Date.now());
  return `${key}${cert}`;
}
