import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { serverFolder, writeCertificate } from '../support/real-server.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { evidenceOf, portsOf } from './evidence.ts';
import { run } from './programs.ts';

const hostname = 'mail.example.test';

peer('sslscan')('sslscan', () => {
  test.each(['STARTTLS', 'TLS from the first byte'])('sees every version by %s, and the certificate', async (by) => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), flags: ['--hostname', hostname] });
    const { smtp, smtps } = portsOf(sensor);
    const [words, port] = by === 'STARTTLS' ? [['--starttls-smtp'], smtp] : [[], smtps];
    const { code, said } = await run('sslscan', ['--no-colour', ...words, `127.0.0.1:${port}`]);
    expect(code, said).toBe(0);
    const versions = [...said.matchAll(/^((?:SSL|TLS)v\S+) +(enabled|disabled)$/gm)].map(([, name, is]) => [name, is]);
    expect(Object.fromEntries(versions)).toEqual({
      SSLv2: 'disabled',
      SSLv3: 'disabled',
      'TLSv1.0': 'enabled',
      'TLSv1.1': 'enabled',
      'TLSv1.2': 'enabled',
      'TLSv1.3': 'enabled',
    });
    expect(said).toMatch(/^Subject: +mail\.example\.test$/m);
    expect(said).toMatch(/^RSA Key Strength: +2048$/m);
    expect(said).not.toMatch(/(?<!not )vulnerable to/);
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toEqual([]);
    const spoken = new Set(sensor.told('tls.started').map(({ version }) => version));
    expect(spoken).toEqual(new Set(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']));
    const inRecords = new Set(sessions.flatMap(({ tls }) => tls?.version ?? []));
    expect(inRecords).toEqual(spoken);
    expect(sensor.told('tls.failed').length).toBeGreaterThan(0);
    expect(sessions.filter(({ scan }) => scan === undefined)).toEqual([]);
  });
});

peer('openssl')('what a peer asks for in its handshake', () => {
  test('is evidence: version, cipher, name and protocol', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const { smtps } = portsOf(sensor);
    const name = ['-servername', 'victim.example', '-alpn', 'smtp', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'];
    const dialogue = 'EHLO openssl.example.test\r\nQUIT\r\n';
    const words = ['s_client', '-quiet', '-ign_eof', '-tls1_2', ...name, '-connect', `127.0.0.1:${smtps}`];
    expect(await run('openssl', words, { input: dialogue })).toMatchObject({ code: 0 });
    const { sessions } = await evidenceOf(sensor);
    const tls = {
      version: 'TLSv1.2',
      cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      sni: 'victim.example',
      alpn: 'smtp',
    };
    expect(sessions).toMatchObject([{ tls, helo: 'openssl.example.test', scan: 'features', endedBy: 'quit' }]);
    expect(sensor.told('tls.started')).toMatchObject([tls]);
  });
});

/** What a new peer is shown. */
async function shown(port: number): Promise<X509Certificate> {
  const { said } = await run('openssl', ['s_client', '-showcerts', '-connect', `127.0.0.1:${port}`], { input: '' });
  return new X509Certificate(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(said)![0]);
}

peer('openssl')('a given certificate', () => {
  test('is followed when its files change, and stays when what takes its place is no good', async () => {
    const { cert, key } = await writeCertificate(serverFolder(), 'first.example.test');
    const flags = ['--cert', cert, '--key', key];
    const sensor = await Sensor.start({ dataDir: newDataDir(), flags });
    const { smtps } = portsOf(sensor);
    expect((await shown(smtps)).subject).toBe('CN=first.example.test');

    const second = await writeCertificate(temporaryDirectory(), 'second.example.test');
    // As those do it who do not want anybody to see half a file.
    for (const [from, to] of [
      [second.key, key],
      [second.cert, cert],
    ] as const) {
      execFileSync('cp', [from, `${to}.new`]);
      renameSync(`${to}.new`, to);
    }
    const loaded = await sensor.event('certificate.loaded', ({ subject }) => subject.includes('second'));
    const now = await shown(smtps);
    expect(now.subject).toBe('CN=second.example.test');
    expect(loaded).toMatchObject({ subject: 'CN=second.example.test', fingerprint: now.fingerprint256 });

    writeFileSync(cert, 'no certificate\n');
    const { detail } = await sensor.event('certificate.refused');
    expect(detail).toContain(cert);
    expect((await shown(smtps)).fingerprint256).toBe(now.fingerprint256);

    const other = await writeCertificate(temporaryDirectory(), 'other.example.test');
    execFileSync('cp', [other.cert, cert]);
    await sensor.times('certificate.refused', 2);
    expect((await shown(smtps)).fingerprint256).toBe(now.fingerprint256);
    execFileSync('cp', [other.key, key]);
    await sensor.event('certificate.loaded', ({ subject }) => subject.includes('other'));
    expect((await shown(smtps)).subject).toBe('CN=other.example.test');
    expect(await sensor.stop()).toMatchObject({ code: 0, stderr: '' });
  });
});
