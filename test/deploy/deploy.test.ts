import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/lib/config/load.ts';
import { peer } from '../support/peers.ts';
import { serverFolder } from '../support/real-server.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const units = join(root, 'deploy/systemd');
const program = join(root, 'bin/spamtrap');

/** Resolves when these words have been read. */
async function said(stream: Readable, words: string): Promise<void> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes(words)) return;
  }
  throw new Error(`"${words}" was not said: ${text}`);
}

/** The units as they would be installed, with the program where it is here. */
function installed(): string {
  const folder = temporaryDirectory();
  for (const name of readdirSync(units)) {
    const text = readFileSync(join(units, name), 'utf8');
    writeFileSync(join(folder, name), text.replaceAll('/usr/local/bin/spamtrap', program));
  }
  return folder;
}

function analyze(...words: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['--no-pager', ...words], { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

peer('systemd')('units of systemd', () => {
  it.each(readdirSync(units))('are right: %s', (name) => {
    expect(analyze('verify', '--man=no', join(installed(), name))).toEqual({ status: 0, said: '' });
  });

  it.each(readdirSync(units).filter((name) => name.endsWith('.service')))('expose little: %s', (name) => {
    const { said } = analyze('security', '--offline=true', '--threshold=20', join(installed(), name));
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(said)?.[1])).toBeLessThanOrEqual(2);
  });

  it.each(readdirSync(units).filter((name) => name.endsWith('.service')))(
    'call commands that there are: %s',
    (name) => {
      const [, words = ''] = /^ExecStart=\/usr\/local\/bin\/spamtrap (.*)$/m.exec(
        readFileSync(join(units, name), 'utf8'),
      )!;
      const flags = [...words.matchAll(/ (--?[a-z][a-z-]*)/g)].map(([, flag]) => flag!);
      const { stdout } = spawnSync(program, [words.split(' ')[0]!, '--help'], { encoding: 'utf8' });
      for (const flag of flags) expect(stdout).toMatch(new RegExp(`${flag}[ ,=\\n]`));
    },
  );
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly build: { readonly target: string; readonly dockerfile: string };
        readonly command: readonly string[];
        readonly environment?: Readonly<Record<string, string>>;
        readonly read_only: boolean;
        readonly cap_drop: readonly string[];
        readonly healthcheck: { readonly test: readonly string[] };
        readonly volumes: readonly string[];
        readonly networks: readonly string[];
        readonly depends_on?: Readonly<Record<string, unknown>>;
      }
    >
  >;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** Compose still merges with `<<`, which YAML 1.2 no longer knows. */
function merged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(merged);
  if (typeof value !== 'object' || value === null) return value;
  const { '<<': base, ...own } = value as Record<string, unknown>;
  const pairs = Object.entries({ ...(base as object | undefined), ...own });
  return Object.fromEntries(pairs.map(([key, each]) => [key, merged(each)]));
}

const compose = merged(load(readFileSync(join(root, 'deploy/compose.yml'), 'utf8'))) as Compose;
const containerfile = readFileSync(join(root, 'deploy/container/Containerfile'), 'utf8');

describe('containers', () => {
  it.each(Object.entries(compose.services))('have what they name: %s', (_, service) => {
    expect(containerfile).toMatch(new RegExp(`^FROM \\S+ AS ${service.build.target}$`, 'm'));
    expect(readFileSync(join(root, service.build.dockerfile), 'utf8')).toBe(containerfile);
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.healthcheck.test[0]).toBe('CMD');
    for (const volume of service.volumes) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('.')) readFileSync(join(root, 'deploy', from));
      else expect(Object.keys(compose.volumes)).toContain(from);
    }
    for (const network of service.networks) expect(Object.keys(compose.networks)).toContain(network);
    for (const name of Object.keys(service.depends_on ?? {})) expect(Object.keys(compose.services)).toContain(name);
  });

  it('run nothing as root that need not', () => {
    expect(containerfile).toMatch(/^USER spamtrap$/m);
    expect(compose.services['sensor']).toMatchObject({ user: '8025:8025' });
  });

  it('have a configuration that is right', () => {
    const { settings } = loadConfig({ config: join(root, 'deploy/container/trap.yml'), flags: {} });
    expect(settings).toMatchObject({ dataDir: '/var/lib/spamtrap', lmtp: { bind: ['0.0.0.0'] } });
    expect(Object.keys(settings.outputs)).toEqual(['maildir', 'feed']);
    expect(Object.keys(compose.services['sensor']!.environment!)).toEqual(['FEED_SECRET']);
  });

  it('have a broker that lets in the sensor and a reader, by what stands in its environment', async () => {
    const named = Object.entries(compose.services['broker']!.environment!);
    const env = Object.fromEntries(named.map(([name, value]) => [name, value.replace(/^\$\{(\w+):\?\}$/, '$1')]));
    const dataDir = newDataDir();
    const flags = ['--config', join(root, 'deploy/container/broker.yml'), '--bind', '127.0.0.1'];
    const broker = await Sensor.start({ command: 'broker', dataDir, env, flags });
    onTestFinished(() => broker.signal('SIGKILL'));
    const { port } = broker.told('broker.listening')[0]!;
    const feed = (identity: string, secret: string) => {
      const path = `${dataDir}-${identity}.json`;
      writeFileSync(path, JSON.stringify({ broker: '127.0.0.1', port, identity, secret, channels: ['spam.mails'] }));
      return ['-f', path];
    };
    const words = ['subscribe', ...feed('reader', 'READER_SECRET')];
    const subscriber = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void subscriber.kill('SIGKILL'));
    await said(subscriber.stderr, 'listening to spam.mails');
    const letter = join(root, 'README.md');
    const published = spawnSync(program, ['publish', letter, ...feed('sensor', 'FEED_SECRET')], { encoding: 'utf8' });
    expect(published).toMatchObject({ status: 0 });
    await said(subscriber.stdout, 'sha256');
    await broker.stop();
  });

  it.each([
    ['postfix', 'setup-postfix', ['--standalone']],
    ['dovecot', 'setup-dovecot', []],
  ])('are set up with flags that there are: %s', (name, command, more) => {
    const folder = serverFolder();
    const maildir = join(folder, 'maildir');
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, part), { recursive: true });
    const words = compose.services[name]!.command.map((word) => word.replace('/var/lib/spamtrap/maildir', maildir));
    const owner = name === 'dovecot' ? ['--uid', '8025', '--gid', '8025'] : [];
    const out = ['--out', join(folder, 'out'), '--json'];
    const { stdout, stderr } = spawnSync(program, [command, ...words, ...owner, ...more, ...out], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ result: 'planned' });
  });
});
