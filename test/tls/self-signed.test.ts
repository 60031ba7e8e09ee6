import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/lib/tls/self-signed.ts';

// As much of DER as it takes to look into a certificate.

function derContent(element: Buffer): Buffer {
  return element.subarray(contentStart(element, 0));
}

function derChildren(element: Buffer): Buffer[] {
  const children: Buffer[] = [];
  for (let at = contentStart(element, 0); at < element.length;) {
    const start = contentStart(element, at);
    const digits = element[at + 1]! & 0x7f;
    const end = start + (element[at + 1]! < 0x80 ? digits : element.readUIntBE(at + 2, digits));
    children.push(element.subarray(at, end));
    at = end;
  }
  return children;
}

function contentStart(bytes: Buffer, at: number): number {
  const length = bytes[at + 1]!;
  return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
}

const hostname = 'mail.example.test';
const noon = Date.UTC(2026, 0, 2, 12);

/** The elements of a certificate as tags and contents, with those that are new each time left out. */
function shape(bytes: Buffer): string[] {
  const [body, algorithm, signature] = derChildren(bytes) as [Buffer, Buffer, Buffer];
  const fields = derChildren(body);
  const [version, serial, , issuer, validity, subject, publicKey, extensions] = fields as [
    ...[Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer],
  ];
  const hexOf = (element: Buffer) => element.toString('hex');
  const known = [version, fields[2]!, issuer, validity, subject, derChildren(publicKey)[0]!, algorithm].map(hexOf);
  const named = derChildren(derChildren(extensions)[0]!).map(hexOf);
  return [...known, ...named, `serial of ${derContent(serial).length}`, `signature of ${signature.length}`];
}

describe('a self-signed certificate', () => {
  it('has the shape of the one that make-ssl-cert of Debian 12 makes', async () => {
    const { cert } = await selfSigned(hostname, noon);
    const parsed = new X509Certificate(cert);
    const utf8Name = `0c11${Buffer.from(hostname).toString('hex')}`;
    const name = `301c311a30180603550403${utf8Name}`;
    const sha256WithRsa = '300d06092a864886f70d01010b0500';
    const utcTimes = [
      `170d${Buffer.from('260102120000Z').toString('hex')}`,
      `170d${Buffer.from('351231120000Z').toString('hex')}`,
    ];
    const bits = derContent(derChildren(parsed.publicKey.export({ type: 'spki', format: 'der' }))[1]!).subarray(1);
    const identifier = createHash('sha1').update(bits).digest('hex');
    expect(shape(parsed.raw)).toEqual([
      'a003020102',
      sha256WithRsa,
      name,
      `301e${utcTimes.join('')}`,
      name,
      '300d06092a864886f70d0101010500',
      sha256WithRsa,
      '30090603551d1304023000',
      `301c0603551d11041530138211${Buffer.from(hostname).toString('hex')}`,
      `301d0603551d0e04160414${identifier}`,
      'serial of 20',
      'signature of 261',
    ]);
  });

  it('is signed with its own key, of 2048 bits, and for ten years', async () => {
    const { cert, key } = await selfSigned(hostname, noon);
    const parsed = new X509Certificate(cert);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(parsed.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(parsed.validFromDate).toEqual(new Date(noon));
    expect(parsed.validToDate).toEqual(new Date(noon + 3650 * 864e5));
    expect(parsed.checkHost(hostname)).toBe(hostname);
  });

  it('has nothing in common with another one', async () => {
    const [one, other] = await Promise.all([selfSigned(hostname, noon), selfSigned(hostname, noon)]);
    expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber);
    expect(one.key).not.toBe(other.key);
  });

  it('names a host by its first label where the whole is too long for a common name', async () => {
    const long = `mail.${'x'.repeat(60)}.test`;
    const parsed = new X509Certificate((await selfSigned(long, noon)).cert);
    expect(parsed.subject).toBe('CN=mail');
    expect(parsed.subjectAltName).toBe(`DNS:${long}`);
  });
});
