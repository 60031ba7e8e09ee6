import stringWidth from 'string-width';
import { printable } from '../text/printable.ts';
import type { Loaded } from './load.ts';
import { hiddenSecret } from './secret.ts';
import { schema } from './schema.ts';
import { keyWithin } from './walk.ts';
import type { Entries, Group, Part, Setting } from './words/setting.ts';

/** One key of the effective configuration, as `--json` prints it. */
export interface SettingRecord {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}

interface Row {
  readonly key: string;
  readonly setting: Setting<unknown> | 'type';
  readonly value: unknown;
}

/** Sizes are bytes and durations milliseconds here; a value that nobody set is null. */
export function settingRecords(loaded: Loaded<object>, of: Group = schema): readonly SettingRecord[] {
  return rowsOf(of, loaded.settings, '').map(({ key, setting, value }) => {
    const hidden = value !== undefined && setting !== 'type' && setting.kind.confidential === true;
    return { key, value: hidden ? hiddenSecret : (value ?? null), origin: originOf(loaded, key) };
  });
}

/** Key, value and origin in columns. */
export function settingTable(loaded: Loaded<object>, of: Group = schema): string {
  const rows = rowsOf(of, loaded.settings, '').map((row) => [row.key, shownValue(row), originOf(loaded, row.key)]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => stringWidth(row[column]!))));
  const lines = rows.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function shownValue({ setting, value }: Row): string {
  if (setting === 'type') return String(value);
  if (value !== undefined) return printable(setting.kind.show(value));
  return setting.fallback.is === 'computed' ? `(${setting.fallback.words.replaceAll('`', '')})` : '';
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
}

function originOf({ origins }: Loaded<object>, key: string): string {
  return origins.get(key) ?? 'default';
}

function rowsOf(part: Part, value: unknown, path: string): readonly Row[] {
  switch (part.part) {
    case 'setting':
      return [{ key: path, setting: part, value }];
    case 'group':
      return memberRows(part, value as Record<string, unknown>, path);
    default:
      return entryRows(part, value as Record<string, { readonly type: string }>, path);
  }
}

function memberRows({ members }: Group, values: Readonly<Record<string, unknown>>, path: string): readonly Row[] {
  return Object.entries(members).flatMap(([key, part]) => rowsOf(part, values[key], keyWithin(path, key)));
}

function entryRows(
  { types }: Entries,
  values: Readonly<Record<string, { readonly type: string }>>,
  path: string,
): readonly Row[] {
  return Object.entries(values).flatMap(([name, entry]) => {
    const key = keyWithin(path, name);
    const type: Row = { key: keyWithin(key, 'type'), setting: 'type', value: entry.type };
    return [type, ...rowsOf(types[entry.type]!, entry, key)];
  });
}
