import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataDirFor, defaultDataDir } from '../../src/lib/config/data-dir.ts';
import { loadConfig } from '../../src/lib/config/load.ts';
import { createPlace, linesOf, placeWith } from './place.ts';

it('takes the first file of --config, SPAMTRAP_CONFIG, the working directory and the user', () => {
  const machine = createPlace();
  const found = (config?: string) => loadConfig({ machine, config }).settings.relay.port;
  machine.write('home/.config/spamtrap/trap.yml', 'relay: {port: 1}');
  expect(found()).toBe(1);
  const xdg = machine.write('xdg/spamtrap/trap.yml', 'relay: {port: 2}');
  machine.env['XDG_CONFIG_HOME'] = join(xdg, '../..');
  expect(found()).toBe(2);
  machine.write('work/trap.yml', 'relay: {port: 3}');
  expect(found()).toBe(3);
  machine.env['SPAMTRAP_CONFIG'] = machine.write('env.yml', 'relay: {port: 4}');
  expect(found()).toBe(4);
  expect(found(machine.write('flag.yml', 'relay: {port: 5}'))).toBe(5);
});

it('ignores a relative XDG_CONFIG_HOME, as its specification says', () => {
  const machine = createPlace();
  machine.write('work/conf/spamtrap/trap.yml', 'relay: {port: 1}');
  machine.env['XDG_CONFIG_HOME'] = 'conf';
  expect(loadConfig({ machine }).file).toBeUndefined();
});

it('misses a file that was named, together with every other fault', () => {
  const machine = createPlace();
  const flags = { 'relay.port': { flag: '--port', value: 'x' } };
  expect(linesOf(() => loadConfig({ machine, config: 'none.yml', flags }))).toEqual([
    '--config: "none.yml" cannot be read: there is no such file',
    '--port: relay.port: "x" is not valid; write a port from 0 to 65535 (0: any free one)',
  ]);
  machine.env['SPAMTRAP_CONFIG'] = machine.cwd;
  expect(linesOf(() => loadConfig({ machine }))).toEqual([
    `env SPAMTRAP_CONFIG: "${machine.cwd}" cannot be read: it is a folder`,
  ]);
});

it('does not pass over a usual file that cannot be read', () => {
  const machine = createPlace();
  mkdirSync(join(machine.cwd, 'trap.yml'));
  expect(linesOf(() => loadConfig({ machine }))).toEqual(['trap.yml: "trap.yml" cannot be read: it is a folder']);
});

it('refuses a file of more than 1 MiB before it is parsed', () => {
  expect(linesOf(() => loadConfig({ machine: placeWith('#'.repeat(2 ** 20 + 1)) }))).toEqual([
    'trap.yml: larger than 1 MiB, which is no configuration',
  ]);
  expect(loadConfig({ machine: placeWith('#'.repeat(2 ** 20)) }).settings.lmtp.port).toBe(6024);
  expect(() => loadConfig({ machine: createPlace(), config: '/dev/zero' })).toThrow('larger than 1 MiB');
});

it('refuses what is no UTF-8, with the place where it ends to be', () => {
  const bytes = Buffer.from('relay:\n  hostname: m\xfcll.example\n', 'latin1');
  expect(linesOf(() => loadConfig({ machine: placeWith(bytes) }))).toEqual(['trap.yml:2:14: not UTF-8 text']);
  expect(loadConfig({ machine: placeWith('\ufeffrelay: {port: 1}') }).origins.get('relay.port')).toBe('trap.yml:1:15');
});

it('keeps data in one folder per command', () => {
  const machine = createPlace();
  expect(defaultDataDir('serve', machine)).toBe(join(machine.home, '.local/state/spamtrap/serve'));
  machine.env['XDG_STATE_HOME'] = '/state';
  expect(dataDirFor('collect', undefined, machine)).toBe('/state/spamtrap/collect');
  expect(dataDirFor('collect', '/data', machine)).toBe('/data');
});
