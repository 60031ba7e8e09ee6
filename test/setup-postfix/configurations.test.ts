import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { compareFiles } from '../../src/lib/setup/compare-files.ts';
import { ourFile } from '../../src/lib/setup/planned-file.ts';
import { checkConfiguration } from '../../src/lib/setup/postfix/check-configuration.ts';
import { planPostfix } from '../../src/lib/setup/postfix/plan-postfix.ts';
import type { Wishes } from '../../src/lib/setup/postfix/wishes.ts';
import { pemOf } from './pem.ts';
import { peer } from '../support/peers.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { modes, wishesFor } from './wishes.ts';

const now = new Date('2026-11-20T12:00:00Z');

async function ownCertificate(): Promise<Partial<Wishes>> {
  const folder = temporaryDirectory();
  chmodSync(folder, 0o755);
  const text = await pemOf('mail.example.org');
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(key, text.slice(0, text.indexOf('-----BEGIN CERT')), { mode: 0o600 });
  writeFileSync(cert, text.slice(text.indexOf('-----BEGIN CERT')));
  return { cert, key, 'self-signed': false };
}

const ways: Readonly<Record<string, () => Promise<Partial<Wishes>>>> = {
  'a certificate of its own': ownCertificate,
  'a self-signed certificate': async () => ({
    'self-signed': true,
    'submission-port': '587',
    'submissions-port': '465',
  }),
  'no TLS': async () => ({ 'self-signed': false, 'no-tls': true, 'submission-port': 'off', 'submissions-port': 'off' }),
};

peer('postfix')('Postfix has nothing to say against', () => {
  it.each(modes.flatMap((mode) => Object.keys(ways).map((way) => [mode, way] as const)))(
    '%s with %s',
    async (mode, way) => {
      const folder = join(temporaryDirectory(), 'postfix');
      const { checks } = await planPostfix({ ...wishesFor[mode], ...(await ways[way]!()) }, folder, now);
      expect(checks.flatMap(({ warnings }) => warnings)).toEqual([]);
      const asked = checks.filter(({ leftOut }) => leftOut === undefined).map(({ command }) => command);
      expect(asked).toEqual(expect.arrayContaining(['postconf -n', 'postconf -M']));
      if (process.getuid?.() === 0) expect(asked).toContain('postfix check');
    },
  );

  it.each([
    { relayhost: 'smtp.example.com' },
    { relayhost: '[2001:db8::1]:465' },
    { mailbox: [], 'catch-all': undefined, maillog: '/var/log/postfix.log' },
    { lmtp: 'unix:/run/dovecot/lmtp', listen: ['127.0.0.1', '::1'], prefix: 'freebsd' },
  ])('a mail server with %o', async (further) => {
    const { checks } = await planPostfix({ ...wishesFor.mailserver, ...further }, temporaryDirectory(), now);
    expect(checks.flatMap(({ warnings }) => warnings)).toEqual([]);
  });
});

peer('postfix')('what Postfix finds is said', () => {
  it('as a warning, when it can work like that', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'virtual_aliases'), 'alone\nsomebody@example.org adam@example.org\n');
    const { checks } = await planPostfix(wishesFor.mailserver, folder, now);
    const said = checks.flatMap(({ warnings }) => warnings);
    // It is named where it is, and not where it was looked at.
    expect(said.join()).toMatch(new RegExp(`warning: .*${folder}/virtual_aliases, line 1: expected format`));
  });

  it('as a fault, when it cannot, and nothing is left behind', () => {
    const folder = temporaryDirectory();
    const place = temporaryDirectory();
    chmodSync(place, 0o755);
    vi.stubEnv('TMPDIR', place);
    onTestFinished(() => void vi.unstubAllEnvs());
    const files = [
      ourFile('main.cf', 'compatibility_level = 3.6\nmail_owner =\n'),
      ourFile('master.cf', 'smtp inet\n'),
    ];
    expect(() => checkConfiguration(folder, compareFiles(folder, files))).toThrow(
      /refuses the configuration: .*fatal: /,
    );
    expect([...readdirSync(place), ...readdirSync(folder)]).toEqual([]);
  });
});

describe('without Postfix', () => {
  it('its checks are left out, and that is said', async () => {
    const folder = temporaryDirectory();
    const { files } = await planPostfix(wishesFor.domains, folder, now);
    const checks = checkConfiguration(folder, files, '/nonexistent');
    expect(checks.length).toBeGreaterThan(3);
    for (const { leftOut } of checks) expect(leftOut).toMatch(/ is not installed$|^only root /);
  });
});
