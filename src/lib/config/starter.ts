import { schema, type SettingKey } from './schema.ts';
import { keyWithin } from './walk.ts';
import { exampleText, fallbackText } from './words/fallback.ts';
import type { Entries, Group, Part, Setting } from './words/setting.ts';
import { asYaml } from '../document/yaml/write.ts';

/** What the operator chose, as text like that of a flag; these keys are written out, all others stay comments. */
export type StarterChoices = { readonly [Key in SettingKey]?: string };

const head = `# Configuration of spamtrap.
#
# Every key is optional. Those behind a # have their default, or an example where the default depends on the
# machine: remove the # to set one. docs/configuration.md explains them all, \`spamtrap config check\` checks this file,
# and \`spamtrap config show\` prints what takes effect.
`;

const widest = 100;

/** The commented file that \`spamtrap init\` writes. */
export function starterFile(choices: StarterChoices = {}): string {
  return `${head}\n${members(schema, '', '', choices).trimEnd()}\n`;
}

function members(group: Group, path: string, indent: string, choices: StarterChoices): string {
  const parts = Object.entries(group.members);
  return parts.map(([name, part]) => partText(name, part, keyWithin(path, name), indent, choices)).join('\n');
}

function partText(name: string, part: Part, key: string, indent: string, choices: StarterChoices): string {
  switch (part.part) {
    case 'setting':
      return settingText(name, part, indent, (choices as Readonly<Record<string, string>>)[key]);
    case 'group':
      // Headings are no comments: so whoever sets one key need not think of the headings above it.
      return `${comment(part.about, indent)}${indent}${name}:\n${members(part, key, `${indent}  `, choices)}`;
    default:
      return entriesText(name, part, key, indent, choices);
  }
}

function entriesText(name: string, part: Entries, key: string, indent: string, choices: StarterChoices): string {
  const inner = `${indent}  `;
  const shown = part.usual.map((type) => partText(type, part.types[type]!, keyWithin(key, type), inner, choices));
  return `${comment(part.about, indent)}${indent}${name}:\n${shown.join('\n')}`;
}

function settingText(name: string, setting: Setting<unknown>, indent: string, chosen: string | undefined): string {
  const { about, kind, fallback } = setting;
  const fact = chosen !== undefined || fallback.is === 'computed' ? ` Default: ${fallbackText(setting)}.` : '';
  const written = kind.written(chosen ?? exampleText(setting), { text: 'starter', folder: '/' });
  const mark = chosen === undefined ? '#' : '';
  return `${comment(`${about}${fact}`, indent)}${indent}${mark}${name}: ${asYaml(written)}\n`;
}

function comment(text: string, indent: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart();
    if (line.length <= widest) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines.map((line) => `${indent}# ${line}\n`).join('');
}
