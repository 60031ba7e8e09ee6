import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { exitCodes, Fault, reason } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { plainPath } from './plain-path.ts';

/** A certificate and its key, as absolute paths that mean nothing but themselves in a server's configuration. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Throws unless both files are there and belong together. */
export function readKeyPair(given: KeyPair): KeyPair {
  const pair = { cert: plainPath('--cert', given.cert), key: plainPath('--key', given.key) };
  const certificate = parsed('--cert', pair.cert, 'certificate', (text) => new X509Certificate(text));
  const key = parsed('--key', pair.key, 'private key without a passphrase', (text) => createPrivateKey(text));
  if (!certificate.checkPrivateKey(key)) {
    throw wrong(
      '--key',
      `${printable(pair.key)} is not the key of ${printable(pair.cert)}.`,
      'Name the two that belong together.',
    );
  }
  if (certificate.validToDate.getTime() < Date.now()) {
    throw wrong('--cert', `${printable(pair.cert)} has expired on ${certificate.validTo}.`, 'Renew it first.');
  }
  return pair;
}

function parsed<Parsed>(flag: string, path: string, kind: string, parse: (text: Buffer) => Parsed): Parsed {
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch (error) {
    throw wrong(
      flag,
      `${printable(path)} cannot be read: ${reason(error)}.`,
      'Name a file that is there and readable.',
      error,
    );
  }
  try {
    return parse(text);
  } catch (error) {
    throw wrong(flag, `${printable(path)} is no ${kind}: ${reason(error)}.`, 'Name a file in PEM form.', error);
  }
}

function wrong(flag: string, problem: string, fix: string, cause?: unknown): Fault {
  return new Fault(`${flag}: ${problem}`, { code: 'setup.certificate', fix, exit: exitCodes.usage, cause });
}
