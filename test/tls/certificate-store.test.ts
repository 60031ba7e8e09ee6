import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { connect, TLSSocket, type ConnectionOptions } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  CertificateStore,
  type CertificateNotice,
  type CertificateOptions,
} from '../../src/lib/tls/certificate-store.ts';
import { FileWatch } from '../../src/lib/document/file-watch.ts';
import { selfSigned, type PemPair } from '../../src/lib/tls/self-signed.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const hostname = 'mail.example.test';
const noon = Date.UTC(2026, 0, 2, 12);
const day = 864e5;

let first: PemPair;
let second: PemPair;
beforeAll(async () => {
  [first, second] = await Promise.all([selfSigned('first.test', noon), selfSigned('second.test', noon)]);
});

const often = { settleMs: 5, pollMs: 10 };

/** By then a store that was opened before and polls as often has looked several times. */
async function severalPolls(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = 5;
  const nowhere = join(temporaryDirectory(), 'none', 'none');
  const watch = new FileWatch([nowhere], () => --left === 0 && resolve(), often);
  await promise;
  watch.close();
}

const soon = { settleMs: 5, pollMs: 3_600_000 };

/** An open store, and the next notice that it gives. */
async function open(options: Partial<CertificateOptions> = {}) {
  const folder = options.folder ?? join(temporaryDirectory(), 'tls');
  const notices = new EventEmitter();
  const told: CertificateNotice[] = [];
  const notify = (notice: CertificateNotice) => {
    told.push(notice);
    notices.emit('notice', notice);
  };
  const store = await CertificateStore.open({ folder, hostname, now: () => noon, notify, times: soon, ...options });
  onTestFinished(() => store.close());
  const next = async () => ((await once(notices, 'notice')) as [CertificateNotice])[0];
  return { store, folder, told, next };
}

function given({ cert, key }: PemPair) {
  const folder = temporaryDirectory();
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return files;
}

const subjects = ({ store }: { readonly store: CertificateStore }) => store.facts.subject;

async function handshake(store: CertificateStore, options: ConnectionOptions): Promise<TLSSocket> {
  // As after STARTTLS: the connection is there before its encryption.
  const server = createServer((socket) => {
    new TLSSocket(socket, { isServer: true, secureContext: store.current }).on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

describe('our own certificate', () => {
  it('is kept, with a key that nobody else can read', async () => {
    const { store, folder } = await open();
    expect(store.facts).toEqual({
      subject: `CN=${hostname}`,
      notAfter: '2035-12-31T12:00:00.000Z',
      fingerprint256: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string,
      selfSigned: true,
    });
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toEqual({ 'self-signed.key': 0o600, 'self-signed.pem': 0o644 });
    const again = await open({ folder });
    expect(again.store.facts).toEqual(store.facts);
  });

  it.each<[string, (folder: string) => void, Partial<CertificateOptions>]>([
    ['it has expired', () => undefined, { now: () => noon + 3651 * day }],
    ['the clock was wrong when it was made', () => undefined, { now: () => noon - day }],
    ['the host has another name', () => undefined, { hostname: 'mx.example.test' }],
    ['its key is not there', (folder) => rmSync(join(folder, 'self-signed.key')), {}],
    ['its key is another one', (folder) => writeFileSync(join(folder, 'self-signed.key'), second.key), {}],
    ['it is half written', (folder) => truncateSync(join(folder, 'self-signed.pem'), 300), {}],
    ['its key is half written', (folder) => truncateSync(join(folder, 'self-signed.key'), 300), {}],
    ['a crash left half of the next one', (folder) => rmSync(join(folder, 'self-signed.pem')), {}],
  ])('is made again when %s', async (_, happen, changed) => {
    const { store, folder } = await open();
    happen(folder);
    writeFileSync(join(folder, 'self-signed.key.new'), 'half', { mode: 0o644 });
    const again = await open({ folder, ...changed });
    expect(again.store.facts.fingerprint256).not.toBe(store.facts.fingerprint256);
    expect(again.store.facts.subject).toBe(`CN=${changed.hostname ?? hostname}`);
    const kept = new X509Certificate(readFileSync(join(folder, 'self-signed.pem')));
    expect(kept.fingerprint256).toBe(again.store.facts.fingerprint256);
    expect(statSync(join(folder, 'self-signed.key')).mode & 0o777).toBe(0o600);
  });

  it('is refused with a reason where it cannot be kept', async () => {
    const folder = join(temporaryDirectory(), 'file');
    writeFileSync(folder, '');
    await expect(open({ folder })).rejects.toMatchObject({ code: 'certificate.unwritable' });
  });

  it('can be looked at again', async () => {
    const { store, folder, told } = await open();
    const before = store.facts.fingerprint256;
    await store.reload();
    rmSync(join(folder, 'self-signed.key'));
    await store.reload();
    expect(told).toEqual([
      { kind: 'reloaded', facts: expect.objectContaining({ fingerprint256: before }) as unknown },
      { kind: 'reloaded', facts: store.facts },
    ]);
    expect(store.facts.fingerprint256).not.toBe(before);
  });
});

describe('a given certificate', () => {
  it('is taken, also with its key in the same file', async () => {
    expect(subjects(await open(given(first)))).toBe('CN=first.test');
    const { cert } = given(first);
    writeFileSync(cert, first.cert + first.key);
    expect(subjects(await open({ cert }))).toBe('CN=first.test');
  });

  it.each<[string, (pair: PemPair) => Partial<PemPair>, string, RegExp]>([
    ['whose key is another', () => ({ key: second.key }), 'mismatch', /key.pem does not belong to .*cert.pem/],
    [
      'whose key is encrypted',
      ({ key }) => ({ key: encrypted(key, 'pkcs8') }),
      'key-encrypted',
      /key.pem is encrypted/,
    ],
    ['whose key is encrypted the old way', ({ key }) => ({ key: encrypted(key, 'pkcs1') }), 'key-encrypted', /key.pem/],
    ['that is half', ({ cert }) => ({ cert: cert.slice(0, 400) }), 'malformed', /cert.pem holds no certificate/],
    ['that is none', () => ({ cert: 'certificate' }), 'malformed', /cert.pem holds no certificate/],
    ['whose key is half', ({ key }) => ({ key: key.slice(0, 400) }), 'key-malformed', /key.pem holds no private key/],
    ['whose key is none', () => ({ key: '' }), 'key-malformed', /key.pem holds no private key/],
  ])('%s is refused at the start', async (_, spoil, code, message) => {
    const files = given({ ...first, ...spoil(first) });
    await expect(open(files)).rejects.toMatchObject({
      name: 'Fault',
      code: `certificate.${code}`,
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused when a file is missing, or only the key is named', async () => {
    const files = given(first);
    rmSync(files.key);
    await expect(open(files)).rejects.toMatchObject({ code: 'certificate.unreadable' });
    await expect(open({ key: files.key })).rejects.toMatchObject({ code: 'certificate.missing' });
  });

  it('is followed when its files are written anew', async () => {
    const files = given(first);
    const { store, next, told } = await open(files);
    const context = store.current;
    // Both at once, for a watcher: nothing runs between the two.
    writeFileSync(files.cert, second.cert);
    writeFileSync(files.key, second.key);
    expect(await next()).toEqual({ kind: 'reloaded', facts: store.facts });
    expect(store.facts.subject).toBe('CN=second.test');
    expect(store.current).not.toBe(context);
    expect(told).toHaveLength(1);
  });

  it('is followed when links to it are replaced, as certbot does', async () => {
    const root = temporaryDirectory();
    const [live, archive] = [join(root, 'live'), join(root, 'archive')];
    for (const folder of [live, archive]) mkdirSync(folder);
    for (const [number, pair] of [first, second].entries()) {
      writeFileSync(join(archive, `fullchain${number}.pem`), pair.cert);
      writeFileSync(join(archive, `privkey${number}.pem`), pair.key);
    }
    const link = (number: number) => {
      for (const name of ['fullchain', 'privkey']) {
        symlinkSync(`../archive/${name}${number}.pem`, join(live, 'new'));
        renameSync(join(live, 'new'), join(live, `${name}.pem`));
      }
    };
    link(0);
    const { store, next } = await open({ cert: join(live, 'fullchain.pem'), key: join(live, 'privkey.pem') });
    link(1);
    expect(await next()).toMatchObject({ kind: 'reloaded', facts: { subject: 'CN=second.test' } });
    expect(store.facts.subject).toBe('CN=second.test');
  });

  it('is followed without a sign from the folder', async () => {
    const root = temporaryDirectory();
    const files = given(first);
    const links = { cert: join(root, 'cert.pem'), key: join(root, 'key.pem') };
    symlinkSync(files.cert, links.cert);
    symlinkSync(files.key, links.key);
    const { next } = await open({ ...links, times: often });
    writeFileSync(files.cert, second.cert);
    writeFileSync(files.key, second.key);
    expect(await next()).toMatchObject({ kind: 'reloaded', facts: { subject: 'CN=second.test' } });
  });

  it('stays the old one while the new one is bad, which is said once', async () => {
    const files = given(first);
    const { store, next, told } = await open({ ...files, times: often });
    const context = store.current;
    writeFileSync(files.key, second.key);
    const detail = `The key ${files.key} does not belong to the certificate ${files.cert}.`;
    expect(await next()).toEqual({ kind: 'refused', detail });
    await severalPolls();
    expect(told).toHaveLength(1);
    expect(store.current).toBe(context);
    expect(store.facts.subject).toBe('CN=first.test');
    writeFileSync(files.cert, second.cert);
    expect(await next()).toMatchObject({ kind: 'reloaded', facts: { subject: 'CN=second.test' } });
  });

  it('is not said to be another one when the same is written again', async () => {
    const files = given(first);
    const { store, told } = await open({ ...files, times: often });
    const context = store.current;
    writeFileSync(files.cert, first.cert);
    writeFileSync(files.key, first.key);
    await severalPolls();
    expect(told).toEqual([]);
    expect(store.current).toBe(context);
  });

  it('is followed into a folder that has taken the place of its own', async () => {
    const files = given(first);
    const { next } = await open({ ...files, times: often });
    const folder = dirname(files.cert);
    rmSync(folder, { recursive: true });
    expect(await next()).toMatchObject({ kind: 'refused' });
    renameSync(dirname(given(second).cert), folder);
    expect(await next()).toMatchObject({ kind: 'reloaded', facts: { subject: 'CN=second.test' } });
  });

  it('is followed by nobody once the store is closed', async () => {
    const files = given(first);
    const { store, told } = await open({ ...files, times: often });
    writeFileSync(files.cert, second.cert);
    writeFileSync(files.key, second.key);
    store.close();
    await severalPolls();
    expect(told).toEqual([]);
  });

  it('keeps no process alive', () => {
    const program = `
      import { CertificateStore } from ${JSON.stringify(new URL('../../src/lib/tls/certificate-store.ts', import.meta.url).href)};
      const files = ${JSON.stringify(given(first))};
      const store = await CertificateStore.open({ ...files, folder: '', hostname: 'x', now: Date.now, notify() {} });
      console.log(store.facts.subject);
    `;
    const words = ['--input-type=module', '-e', program];
    expect(execFileSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000 })).toBe('CN=first.test\n');
  });

  it('is read again on demand, which always has an answer', async () => {
    const files = given(first);
    const { store, told } = await open({ ...files });
    await store.reload();
    rmSync(files.cert);
    await store.reload();
    await store.reload();
    expect(told.map(({ kind }) => kind)).toEqual(['reloaded', 'refused', 'refused']);
    expect(store.facts.subject).toBe('CN=first.test');
  });
});

describe('the context of a certificate', () => {
  it.each(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)(
    'speaks %s with whom speaks nothing else',
    async (version) => {
      const { store } = await open();
      const socket = await handshake(store, {
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      expect(socket.getProtocol()).toBe(version);
      expect(socket.getPeerX509Certificate()?.fingerprint256).toBe(store.facts.fingerprint256);
    },
  );

  it('takes an old peer that knows but one way to agree on a key', async () => {
    const { store } = await open();
    for (const cipher of ['AES128-SHA', 'DHE-RSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA']) {
      const socket = await handshake(store, {
        maxVersion: 'TLSv1.2',
        ciphers: `${cipher}:@SECLEVEL=0`,
        minVersion: 'TLSv1',
      });
      expect(socket.getCipher().name).toBe(cipher);
    }
  });

  it('refuses what is older than the operator wants', async () => {
    const { store } = await open({ minVersion: 'TLSv1.2' });
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(handshake(store, old)).rejects.toThrow(/alert|protocol/);
    expect((await handshake(store, { maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
  });
});

function encrypted(key: string, type: 'pkcs8' | 'pkcs1'): string {
  return createPrivateKey(key).export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
}
