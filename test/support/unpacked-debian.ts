import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { leftOutName } from './left-out.ts';

// Debian lets one mail server be installed at a time. A second one is unpacked into a folder of the project's own, which
// needs no more than apt's lists; what was unpacked once stays for the next run.

const cache = fileURLToPath(new URL('../../node_modules/.cache/debian/', import.meta.url));

/** Where the libraries are from that a program may find missing on a machine where it is not installed. */
const packageOf: Readonly<Record<string, string>> = {
  'libbrotlidec.so.1': 'libbrotli1',
  'libbrotlienc.so.1': 'libbrotli1',
  'libcom_err.so.2': 'libcom-err2',
  'libcourier-unicode.so.4': 'libcourier-unicode4',
  'libdb-5.3.so': 'libdb5.3',
  'libevent-2.1.so.7': 'libevent-2.1-7',
  'libfam.so.0': 'libgamin0',
  'libglib-2.0.so.0': 'libglib2.0-0',
  'libgnutls-dane.so.0': 'libgnutls-dane0',
  'libgnutls.so.30': 'libgnutls30',
  'libgssapi_krb5.so.2': 'libgssapi-krb5-2',
  'libical.so.3': 'libical3',
  'libicudata.so.72': 'libicu72',
  'libicui18n.so.72': 'libicu72',
  'libicuuc.so.72': 'libicu72',
  'libidn.so.12': 'libidn12',
  'libidn2.so.0': 'libidn2-0',
  'libjansson.so.4': 'libjansson4',
  'libk5crypto.so.3': 'libk5crypto3',
  'libkrb5.so.3': 'libkrb5-3',
  'libkrb5support.so.0': 'libkrb5support0',
  'libkeyutils.so.1': 'libkeyutils1',
  'libnghttp2.so.14': 'libnghttp2-14',
  'libnsl.so.2': 'libnsl2',
  'libpcre2-8.so.0': 'libpcre2-8-0',
  'libsasl2.so.2': 'libsasl2-2',
  'libsqlite3.so.0': 'libsqlite3-0',
  'libssl.so.3': 'libssl3',
  'libcrypto.so.3': 'libssl3',
  'libtirpc.so.3': 'libtirpc3',
  'libunbound.so.8': 'libunbound8',
  'libxapian.so.30': 'libxapian30',
  'libxml2.so.2': 'libxml2',
};

export interface Unpacked {
  readonly folder: string;
  /** Folders for LD_LIBRARY_PATH. */
  readonly libraries: string;
}

const found = new Map<string, Unpacked | Error>();

/** The package with these others and with every library that the program lacks here; an error when it is not to be had. */
export function unpacked(name: string, program: string, others: readonly string[] = []): Unpacked | Error {
  let result = found.get(name);
  if (!result) {
    try {
      result = unpack(name, program, others);
    } catch (error) {
      result = error as Error;
    }
    found.set(name, result);
  }
  return result;
}

type Describe = (name: string, body: () => void) => void;

/** As peer() in peers.ts, for a package that is not installed but unpacked, by a process that has to be root. */
export function unpackedPeer(name: string, program: string, others: readonly string[] = []): Describe {
  const result = process.getuid?.() === 0 ? unpacked(name, program, others) : new Error('only root can start it');
  if (!(result instanceof Error)) return (title, body) => void describe(title, body);
  if (process.env['REQUIRE_PEERS'] === '1') {
    return (title) =>
      void describe(title, () => {
        test(`finds ${name}`, () => {
          throw result;
        });
      });
  }
  return (title, body) => void describe.skip(leftOutName(title, [name]), body);
}

function unpack(name: string, program: string, others: readonly string[]): Unpacked {
  const folder = join(cache, name);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    // Whoever else is at it as well, only a whole folder gets the name.
    const making = mkdtempSync(join(cache, 'unpacking-'));
    try {
      chmodSync(making, 0o755);
      add(making, [name, ...others]);
      for (let missing = missingLibraries(making, program); missing.length > 0;) {
        add(making, missing);
        const still = missingLibraries(making, program);
        if (still.some((one) => missing.includes(one))) throw new Error(`${name} still lacks ${still.join(' and ')}`);
        missing = still;
      }
      try {
        renameSync(making, folder);
      } catch (error) {
        if (!existsSync(folder)) throw error;
      }
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  return { folder, libraries: librariesIn(folder) };
}

function add(folder: string, packages: readonly string[]): void {
  const downloads = mkdtempSync(join(folder, 'downloads-'));
  const options = ['-q', '-o', 'APT::Sandbox::User=root'];
  execFileSync('apt-get', [...options, 'download', ...packages], {
    cwd: downloads,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 120_000,
  });
  for (const file of readdirSync(downloads)) execFileSync('dpkg', ['-x', join(downloads, file), folder]);
  rmSync(downloads, { recursive: true });
}

function missingLibraries(folder: string, program: string): string[] {
  const env = { ...process.env, LD_LIBRARY_PATH: librariesIn(folder) };
  const listed = execFileSync('ldd', [join(folder, program)], { encoding: 'utf8', env });
  const missing = [...listed.matchAll(/^\s*(\S+) => not found$/gm)].map(([, library]) => {
    const from = packageOf[library!];
    if (!from) throw new Error(`nobody knows which package has ${library}`);
    return from;
  });
  return [...new Set(missing)];
}

function librariesIn(folder: string): string {
  const roots = [join(folder, 'usr', 'lib'), join(folder, 'lib')].filter((path) => existsSync(path));
  // Libraries are in a folder named for the architecture.
  return roots
    .flatMap((root) => [
      root,
      ...readdirSync(root)
        .filter((name) => name.includes('-linux-'))
        .map((name) => join(root, name)),
    ])
    .join(':');
}
