import { loadConfig } from '../config/load.ts';
import type { SettingKey } from '../config/schema.ts';
import { starterFile } from '../config/starter.ts';
import { writeNewFile } from './write-new-file.ts';

export type Choices = { readonly [Key in SettingKey]?: string };

/** Throws what is wrong with the choices, named by the flags that made them. */
export function checkChoices(choices: Choices, flagOf: (key: SettingKey) => string): void {
  const given = Object.entries(choices) as [SettingKey, string][];
  loadConfig({ flags: Object.fromEntries(given.map(([key, value]) => [key, { flag: flagOf(key), value }])) });
}

/** Writes the commented configuration file, and never over one that is there. */
export function writeStarter(path: string, choices: Choices): void {
  writeNewFile(path, starterFile(choices));
}
