import { variableName } from './environment.ts';
import { introduction } from './introduction.ts';
import { schema } from './schema.ts';
import { keyWithin } from './walk.ts';
import { fallbackText } from './words/fallback.ts';
import type { Entries, Group, Part, Setting } from './words/setting.ts';

const notice = '<!-- Written by `npm run docs` from the schema in src/lib/config; changes belong there. -->';

/** The text of docs/configuration.md. */
export function configurationDocument(): string {
  return [notice, introduction.trimEnd(), '## Keys', ...groupText(schema, '', placedColumns)].join('\n\n') + '\n';
}

interface Column {
  readonly title: string;
  cell(key: string, setting: Setting<unknown>): string;
}

const entryColumns: readonly Column[] = [
  { title: 'key', cell: (key) => `\`${key}\`` },
  { title: 'what it is', cell: (_, { about }) => about },
  { title: 'valid', cell: (_, { kind }) => kind.valid },
  { title: 'default', cell: (_, setting) => defaultCell(setting) },
];

const placedColumns: readonly Column[] = [
  ...entryColumns,
  { title: 'variable', cell: (key) => `\`${variableName(key)}\`` },
];

function groupText(group: Group, path: string, columns: readonly Column[]): readonly string[] {
  const members = Object.entries(group.members).map(([name, part]) => [keyWithin(path, name), part] as const);
  const settings = members.filter((member): member is readonly [string, Setting<unknown>] => isSetting(member[1]));
  const table = settings.length === 0 ? [] : [tableText(settings, columns)];
  return [...table, ...members.flatMap(([key, part]) => sectionText(key, part, columns))];
}

function isSetting(part: Part): part is Setting<unknown> {
  return part.part === 'setting';
}

function sectionText(key: string, part: Part, columns: readonly Column[]): readonly string[] {
  switch (part.part) {
    case 'setting':
      return [];
    case 'group':
      return [`### \`${key}\``, part.about, ...groupText(part, key, columns)];
    default:
      return entriesText(key, part);
  }
}

function entriesText(key: string, { about, types, usual }: Entries): readonly string[] {
  const known = Object.keys(types).map((type) => `\`${type}\``);
  const usually = usual.map((name) => `\`${name}\``).join(' and ');
  const rules = [
    `Below \`${key}\` stand names, and below each name \`type\` (${known.join(' or ')}) and the keys of that type.`,
    'An entry that is named like a type needs no `type`, and one with nothing below it has all the defaults.',
    usual.length === 0
      ? `Without \`${key}\` there are none.`
      : `Without \`${key}\` there are ${usually}; \`${key}: {}\` means none.`,
    'These keys have no environment variables.',
  ];
  return [
    `### \`${key}\``,
    about,
    rules.join('\n'),
    ...Object.entries(types).flatMap(([type, group]) => [
      `#### \`${key}\` of type \`${type}\``,
      group.about,
      ...groupText(group, '', entryColumns),
    ]),
  ];
}

function tableText(settings: readonly (readonly [string, Setting<unknown>])[], columns: readonly Column[]): string {
  const rows = settings.map(([key, setting]) => columns.map((column) => cellText(column.cell(key, setting))));
  const head = [columns.map(({ title }) => title), columns.map(() => '---')];
  return [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function defaultCell(setting: Setting<unknown>): string {
  const text = fallbackText(setting);
  return setting.fallback.is === 'fixed' ? `\`${text}\`` : text;
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
