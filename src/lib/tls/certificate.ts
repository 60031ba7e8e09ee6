import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errno, exitCodes, Fault, reason } from '../errors.ts';

/** Where a certificate and its key are. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A certificate, perhaps with its chain, and the key that belongs to it, as PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly parsed: X509Certificate;
}

/** The bytes of both files; a file that cannot be read is a Fault. */
export function readFiles({ cert, key }: CertificateFiles): Omit<Certificate, 'parsed'> {
  return { cert: readFile('certificate', cert), key: readFile('key', key) };
}

/** Says what is wrong when these are not a certificate and its key. */
export function checkCertificate(bytes: Omit<Certificate, 'parsed'>, files: CertificateFiles): Certificate {
  const parsed = parseCertificate(bytes.cert, files.cert);
  if (!parsed.checkPrivateKey(parseKey(bytes.key, files.key))) {
    throw fault('mismatch', `The key ${files.key} does not belong to the certificate ${files.cert}.`, {
      fix: "Name the key with which this certificate was requested. The server's own certificate comes first in its file.",
    });
  }
  return { ...bytes, parsed };
}

function readFile(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fault('unreadable', `The ${what} ${path} cannot be read: ${reason(error)}.`, {
      fix:
        errno(error) === 'ENOENT'
          ? `Check the path of the ${what}.`
          : 'Let the user that runs spamtrap read it, or name another file.',
      cause: error,
    });
  }
}

const certificateMark = '-----BEGIN CERTIFICATE-----';

function parseCertificate(bytes: Buffer, path: string): X509Certificate {
  try {
    if (bytes.includes(certificateMark)) return new X509Certificate(bytes);
  } catch (error) {
    throw noCertificate(path, error);
  }
  throw noCertificate(path);
}

function noCertificate(path: string, cause?: unknown): Fault {
  const fix = `Name a PEM file: one with "${certificateMark}" for the server, and then one for each of its issuers.`;
  return fault('malformed', `${path} holds no certificate that can be read.`, { fix, cause });
}

// What OpenSSL says of them is not the same in all versions.
const encryptedMarks = ['-----BEGIN ENCRYPTED PRIVATE KEY-----', 'Proc-Type: 4,ENCRYPTED'];

function parseKey(bytes: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(bytes);
  } catch (error) {
    if (encryptedMarks.some((mark) => bytes.includes(mark))) {
      throw fault('key-encrypted', `The key ${path} is encrypted, and nobody is there to give its passphrase.`, {
        fix: `Decrypt it once: openssl pkey -in ${path} -out NEW-FILE, for which only spamtrap needs permission.`,
      });
    }
    throw fault('key-malformed', `${path} holds no private key that can be read.`, {
      fix: 'Name a PEM file with "-----BEGIN PRIVATE KEY-----", or with that of an RSA or EC key.',
      cause: error,
    });
  }
}

interface Remedy {
  readonly fix: string;
  readonly cause?: unknown;
}

function fault(word: string, message: string, { fix, cause }: Remedy): Fault {
  return new Fault(message, { code: `certificate.${word}`, fix, exit: exitCodes.usage, cause });
}
