import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationDocument } from '../../src/lib/config/describe.ts';
import { variableName } from '../../src/lib/config/environment.ts';
import { settingHelp } from '../../src/lib/config/help.ts';
import { loadConfig } from '../../src/lib/config/load.ts';
import { schema } from '../../src/lib/config/schema.ts';
import { starterFile } from '../../src/lib/config/starter.ts';
import { settingsIn } from '../../src/lib/config/walk.ts';
import { createPlace, placeWith } from './place.ts';

it('docs/configuration.md is what the schema says; if not, run `npm run docs`', () => {
  const file = new URL('../../docs/configuration.md', import.meta.url);
  expect(readFileSync(file, 'utf8'), 'run npm run docs').toBe(configurationDocument());
});

it('every setting has a variable of its own', () => {
  const names = settingsIn(schema).map(({ key }) => variableName(key));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('SPAMTRAP_RELAY_LIMITS_MESSAGE_SIZE');
});

it('every default is a value that could also be written', () => {
  const machine = createPlace();
  const fixed = settingsIn(schema).filter(({ setting }) => setting.fallback.is === 'fixed');
  for (const { key, setting } of fixed) {
    if (setting.fallback.is === 'fixed') machine.env[variableName(key)] = setting.kind.show(setting.fallback.value);
  }
  const { settings, origins } = loadConfig({ machine });
  expect(settings).toEqual(loadConfig({ machine: createPlace() }).settings);
  for (const { key } of fixed) expect(origins.get(key)).toBe(`env ${variableName(key)}`);
});

it('a flag gets its help from the setting', () => {
  expect(settingHelp('relay.port')).toEqual({
    about: 'TCP port for SMTP.',
    default: '6025, or 25 more than basePort',
    env: 'SPAMTRAP_RELAY_PORT',
    valid: 'a port from 0 to 65535 (0: any free one)',
  });
  expect(settingHelp('dataDir').default).toBe('<user state dir>/spamtrap/<command>');
});

describe('the starter file', () => {
  const uncommented = (text: string) => text.replaceAll(/^( *)#(?! |$)/gm, '$1');

  it('changes nothing as it is written', () => {
    const machine = placeWith(starterFile());
    const { settings, origins } = loadConfig({ machine });
    expect(settings).toEqual(loadConfig({ machine: createPlace() }).settings);
    expect([...origins.values()].every((origin) => origin === 'default')).toBe(true);
  });

  it('says the defaults when every key counts', () => {
    const { settings, origins } = loadConfig({ machine: placeWith(uncommented(starterFile())) });
    const { relay, journal, log, shutdown } = loadConfig({ machine: createPlace() }).settings;
    // What has no default of its own gets an example.
    const defaults = JSON.parse(JSON.stringify({ journal, log, shutdown, relay })) as { readonly relay: object };
    expect(settings).toMatchObject({ ...defaults, relay: { ...defaults.relay, hostname: 'mail.example.org' } });
    const untouched = [...origins].filter(([, origin]) => origin === 'default').map(([key]) => key);
    expect(untouched).toEqual(['outputs.maildir.type', 'outputs.jsonl.type']);
  });

  it('sets what the operator chose', () => {
    const choices = { 'relay.port': '2525', 'relay.bind': '0.0.0.0,::', 'sensor.name': 'a: "b" #c', dataDir: '~/x y' };
    const machine = placeWith(starterFile(choices));
    const { settings, origins } = loadConfig({ machine });
    expect(settings.relay).toMatchObject({ port: 2525, bind: ['0.0.0.0', '::'] });
    expect(settings.sensor.name).toBe('a: "b" #c');
    expect(settings.dataDir).toBe(`${machine.home}/x y`);
    expect([...origins.values()].filter((origin) => origin !== 'default')).toHaveLength(4);
  });
});
