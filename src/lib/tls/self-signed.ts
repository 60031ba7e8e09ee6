import { createHash, generateKeyPair, randomBytes, randomInt, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { bitString, element, objectId, sequence, tags, utcTime } from './der.ts';

/** Certificate and key as PEM. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

// Every detail is that of the certificate with which Debian's mail servers come (`make-ssl-cert
// generate-default-snakeoil`): a peer that looks at it learns what it would learn of any machine just installed.
const validDays = 3650;
const mostCommonName = 64;
const sha256WithRsa = sequence(objectId('1.2.840.113549.1.1.11'), element(tags.null));

/** A new key, and its certificate for a host name from now on (RFC 5280). */
export async function selfSigned(hostname: string, now: number): Promise<PemPair> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const name = nameOf(hostname);
  const body = sequence(
    element(tags.version, element(tags.integer, Buffer.of(2))),
    element(tags.integer, Buffer.of(randomInt(1, 0x80)), randomBytes(19)),
    sha256WithRsa,
    name,
    sequence(utcTime(now), utcTime(now + validDays * 864e5)),
    name,
    sequence(sequence(objectId('1.2.840.113549.1.1.1'), element(tags.null)), bitString(publicKey)),
    element(tags.extensions, extensions(hostname, publicKey)),
  );
  const cert = sequence(body, sha256WithRsa, bitString(sign('sha256', body, privateKey)));
  return { cert: toPem(cert), key: privateKey };
}

function nameOf(hostname: string): Buffer {
  const commonName = hostname.length > mostCommonName ? hostname.split('.', 1)[0]!.slice(0, mostCommonName) : hostname;
  const value = element(tags.utf8String, Buffer.from(commonName, 'utf8'));
  return sequence(element(tags.set, sequence(objectId('2.5.4.3'), value)));
}

function extensions(hostname: string, publicKey: Buffer): Buffer {
  const altName = element(tags.dnsName, Buffer.from(hostname, 'latin1'));
  const keyIdentifier = createHash('sha1').update(publicKey).digest();
  return sequence(
    extension('2.5.29.19', sequence()),
    extension('2.5.29.17', sequence(altName)),
    extension('2.5.29.14', element(tags.octetString, keyIdentifier)),
  );
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), element(tags.octetString, value));
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
