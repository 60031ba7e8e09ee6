import { variableName } from './environment.ts';
import { schema, type SettingKey } from './schema.ts';
import { settingsIn } from './walk.ts';
import { fallbackText } from './words/fallback.ts';

/** What a command needs to offer a setting as a flag. */
export interface SettingHelp {
  readonly about: string;
  /** For people: `5m`, `10 GiB`, or words where the default depends on the machine. */
  readonly default: string;
  readonly env: string;
  /** Completes the sentence "write …". */
  readonly valid: string;
}

export function settingHelp(key: SettingKey): SettingHelp {
  const setting = settingsIn(schema).find((placed) => placed.key === key)!.setting;
  const { about, kind } = setting;
  return { about, default: fallbackText(setting).replaceAll('`', ''), env: variableName(key), valid: kind.valid };
}
