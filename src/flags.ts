import { Flags } from '@oclif/core';
import { settingHelp } from './lib/config/help.ts';
import { loadConfig } from './lib/config/load.ts';
import type { SettingKey } from './lib/config/schema.ts';

/** A flag that overrides a setting: its words, default and variable all come from the schema. */
export function settingFlag(key: SettingKey) {
  const { about, default: fallback, env } = settingHelp(key);
  return Flags.string({ description: `${about} [default: ${fallback}] [env: ${env}]`, helpValue: '<value>' });
}

export const configFlag = Flags.string({
  description: 'Configuration file; otherwise ./trap.yml, then the user’s and the system’s are looked for.',
  env: 'SPAMTRAP_CONFIG',
  helpValue: '<file>',
});

export const dataDirFlag = settingFlag('dataDir');

export const jsonFlag = Flags.boolean({ description: 'Print JSON, one object on each line.', env: 'SPAMTRAP_JSON' });

/** For commands that look into a data directory that is there already. */
export const dataDirFlags = { config: configFlag, 'data-dir': dataDirFlag };

/** The data directory that flags, environment or configuration name; undefined when none does. */
export function configuredDataDir(given: {
  readonly config: string | undefined;
  readonly 'data-dir': string | undefined;
}) {
  return loadConfig({ config: given.config, flags: flagTexts(given, { 'data-dir': 'dataDir' }) }).settings.dataDir;
}

/** Pairs flags with the settings they override, in the form that the loader takes. */
export function flagTexts<Key extends SettingKey>(
  given: Readonly<Record<string, unknown>>,
  flags: Readonly<Record<string, Key>>,
): Partial<Record<Key, { flag: string; value: string }>> {
  const texts: Partial<Record<Key, { flag: string; value: string }>> = {};
  for (const [name, key] of Object.entries(flags)) {
    const value = given[name];
    if (typeof value === 'string') texts[key] = { flag: `--${name}`, value };
  }
  return texts;
}
