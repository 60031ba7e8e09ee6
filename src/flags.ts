import { Flags } from '@oclif/core';
import { settingHelp } from './lib/config/help.ts';
import { loadConfig } from './lib/config/load.ts';
import type { EntrySettingKey, SettingKey } from './lib/config/schema.ts';

/** A flag that overrides a setting: its words, default and variable all come from the schema. */
export function settingFlag(key: SettingKey, char?: 'p') {
  const { about, default: fallback, env } = settingHelp(key);
  const description = `${about} [default: ${fallback}] [env: ${env}]`;
  return Flags.string({ description, helpValue: '<value>', ...(char && { char }) });
}

export const configFlag = Flags.string({
  description: 'Configuration file; otherwise ./trap.yml, then the user’s and the system’s are looked for.',
  env: 'SPAMTRAP_CONFIG',
  helpValue: '<file>',
});

export const dataDirFlag = settingFlag('dataDir');

export const jsonFlag = Flags.boolean({ description: 'Print JSON, one object on each line.', env: 'SPAMTRAP_JSON' });

/** For commands that take mail. */
export const maildirFlag = Flags.string({
  char: 'm',
  description: 'Folder of the Maildir in which mail is shown. [default: <data dir>/maildir]',
  env: 'SPAMTRAP_MAILDIR',
  helpValue: '<folder>',
});

/** Both add to what this machine knows of itself. */
export const ownAddressFlag = Flags.string({
  description: settingHelp('rules.ownAddresses').about,
  env: settingHelp('rules.ownAddresses').env,
  helpValue: '<address>',
  multiple: true,
});
export const ownHostFlag = Flags.string({
  description: settingHelp('rules.ownHosts').about,
  env: settingHelp('rules.ownHosts').env,
  helpValue: '<name>',
  multiple: true,
});

export const feedConfigFlag = Flags.string({
  char: 'f',
  description: 'Feed file of a spamtrap-system collector (YAML or JSON): broker, port, identity, secret, channels.',
  env: 'SPAMTRAP_FEED_CONFIG',
  helpValue: '<file>',
});

/** For commands that speak to a broker: whose, and as whom. */
export const feedFlags = {
  'feed-config': Flags.string({
    char: 'f',
    description:
      'Feed file: broker, port, identity, secret, channels, tls. [default: that of the broker of "serve" on this machine]',
    env: 'SPAMTRAP_FEED_CONFIG',
    helpValue: '<file>',
  }),
  'data-dir': Flags.string({
    description: 'Data directory of the sensor or broker whose feed file is taken.',
    env: 'SPAMTRAP_DATA_DIR',
    helpValue: '<folder>',
  }),
};

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
export function flagTexts<Key extends SettingKey | EntrySettingKey>(
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

/** A flag that may be given several times, for a setting that is a list. */
export function listText(
  flag: string,
  key: SettingKey,
  given: readonly string[] | undefined,
): Partial<Record<SettingKey, { flag: string; value: string }>> {
  return given === undefined ? {} : { [key]: { flag, value: given.join(',') } };
}

/** Said on the command line, a base stands above the ports that a file or a variable names. */
export function basePortTexts(base: string | undefined): Partial<Record<SettingKey, { flag: string; value: string }>> {
  if (base === undefined) return {};
  const given = (value: string) => ({ flag: '--base-port', value });
  // What is no number is refused where all settings are.
  if (!/^\d{1,5}$/.test(base)) return { 'relay.basePort': given(base) };
  return {
    'relay.basePort': given(base),
    'relay.port': given(String(Number(base) + 25)),
    'relay.smtpsPort': given(String(Number(base) + 465)),
    'relay.submissionPort': given(String(Number(base) + 587)),
  };
}
