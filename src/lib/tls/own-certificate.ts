import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errno, Fault, reason } from '../errors.ts';
import { checkCertificate, readFiles, type Certificate, type CertificateFiles } from './certificate.ts';
import { selfSigned, type PemPair } from './self-signed.ts';

/** The pair that is kept in a folder: made on the first start, and made again when it does not serve any more. */
export async function ownCertificate(folder: string, hostname: string, now: number): Promise<Certificate> {
  const files: CertificateFiles = { cert: join(folder, 'self-signed.pem'), key: join(folder, 'self-signed.key') };
  const kept = readKept(files);
  if (kept && isFor(kept, hostname) && isValidAt(kept, now)) return kept;
  keep(folder, files, await selfSigned(hostname, now));
  return checkCertificate(readFiles(files), files);
}

// Whatever is wrong with it, after a crash between two files for example: another one costs nothing.
function readKept(files: CertificateFiles): Certificate | undefined {
  try {
    return checkCertificate(readFiles(files), files);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function isFor({ parsed }: Certificate, hostname: string): boolean {
  return parsed.subjectAltName === `DNS:${hostname}`;
}

function isValidAt({ parsed }: Certificate, now: number): boolean {
  return parsed.validFromDate.getTime() <= now && now < parsed.validToDate.getTime();
}

function keep(folder: string, files: CertificateFiles, { cert, key }: PemPair): void {
  try {
    makeFolder(folder);
    replaceFile(files.key, key, 0o600);
    replaceFile(files.cert, cert, 0o644);
    syncFolder(folder);
  } catch (error) {
    throw new Fault(`No certificate can be kept in ${folder}: ${reason(error)}.`, {
      code: 'certificate.unwritable',
      fix: 'Let the user that runs spamtrap write there, or name a certificate and its key.',
      cause: error,
    });
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw error;
  }
}

function replaceFile(path: string, text: string, mode: number): void {
  const temporary = `${path}.new`;
  // What a crash left behind may have been opened by somebody while its mode was another one.
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, text);
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
