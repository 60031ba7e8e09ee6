import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { exitCodes, Fault, reason } from '../errors.ts';
import { printable } from '../text/printable.ts';

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
  return pair;
}

function plainPath(flag: string, given: string): string {
  const path = isAbsolute(given) ? given : resolve(given);
  if (/^[\w./@+-]+$/.test(path)) return path;
  throw wrong(
    flag,
    `${printable(path)} has characters that mean something in a configuration.`,
    'Use a path of letters, digits and . _ - + @ only.',
  );
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
