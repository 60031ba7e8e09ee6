import { exitCodes, Fault, reason } from '../../errors.ts';
import { isFolderName } from '../../capture/folder-name.ts';
import { isReply } from '../read/effects.ts';
import { conditionOf, Untranslatable, type Written } from './conditions.ts';
import { type ForeignRule, foreignHooks, foreignRule } from './foreign-rule.ts';
import { type Python, readLambda } from './python-tree.ts';
import { rolesOf } from './subjects.ts';
import { flowYaml } from './yaml-text.ts';

export interface ImportedRules {
  /** A file of rules. */
  readonly text: string;
  readonly translated: readonly { readonly rule: string; readonly conditions: number }[];
  /** Rules, or parts of them, that have to be written by hand. */
  readonly untranslated: readonly { readonly rule: string; readonly reason: string }[];
}

/** Translates a rules.json of FakeOpenSmtpRelay. The Python in it is read and never run. */
export function importRules(json: string): ImportedRules {
  const names = new Names();
  const lines: string[] = [];
  const translated: ImportedRules['translated'][number][] = [];
  const untranslated: ImportedRules['untranslated'][number][] = [];
  for (const rule of rulesIn(json)) {
    const miss = (reason: string) => void untranslated.push({ rule: rule.name, reason });
    const conditions = translateConditions(rule, miss);
    if (conditions.length === 0) continue;
    const effects = translateEffects(rule, miss);
    lines.push(...ruleLines(rule, names.free(rule.name), conditions, effects));
    translated.push({ rule: rule.name, conditions: conditions.length });
  }
  const head =
    '# Translated from a rules.json of FakeOpenSmtpRelay. docs/rules.md explains the language.\nversion: 1\n';
  const body = lines.length === 0 ? 'rules: []\n' : `rules:\n${lines.join('\n')}\n`;
  return { text: head + body, translated, untranslated };
}

function rulesIn(json: string): readonly ForeignRule[] {
  const document = parsed(json);
  const lists = Object.entries(foreignHooks).flatMap(([name, hook]) => {
    const list = document[name];
    return (Array.isArray(list) ? (list as readonly unknown[]) : []).map((fields) => ({ fields, hook }));
  });
  return lists
    .filter(({ fields }) => typeof fields === 'object' && fields !== null)
    .map(({ fields, hook }, index) => foreignRule(fields as Readonly<Record<string, unknown>>, hook, index + 1));
}

function parsed(json: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  let why = 'it has none of the lists DATA, AUTH, RSET and EHLO';
  try {
    document = JSON.parse(json);
  } catch (error) {
    why = reason(error);
  }
  if (isForeign(document)) return document;
  throw new Fault(`This is no rules.json of FakeOpenSmtpRelay: ${why}.`, {
    code: 'rules.import',
    fix: 'Name the file that FakeOpenSmtpRelay writes into its working directory.',
    exit: exitCodes.usage,
  });
}

function isForeign(document: unknown): document is Readonly<Record<string, unknown>> {
  if (typeof document !== 'object' || document === null) return false;
  return Object.keys(foreignHooks).some((name) => Object.hasOwn(document, name));
}

/** Alternatives that can be said in our language; of the others the reader is told. */
function translateConditions(rule: ForeignRule, miss: (reason: string) => void): readonly Written[] {
  if (rule.conditions.length === 0) miss('it has no condition that is a text');
  return rule.conditions.flatMap((source) => {
    const lambda = readLambda(source);
    if (!lambda) {
      miss(`${shown(source)} is more than a simple condition`);
      return [];
    }
    const roles = rolesOf(lambda.names, rule.hook);
    return alternatives(lambda.body).flatMap((part) => {
      try {
        return [conditionOf(part, roles)];
      } catch (thrown) {
        if (!(thrown instanceof Untranslatable)) throw thrown;
        miss(`${shown(source)}: ${thrown.message}`);
        return [];
      }
    });
  });
}

function alternatives(python: Python): readonly Python[] {
  return python.is === 'or' ? python.parts.flatMap(alternatives) : [python];
}

function translateEffects(rule: ForeignRule, miss: (reason: string) => void): Written {
  const isMessage = rule.hook === 'message';
  if (rule.hasCode) miss('the code that it runs at the start or for a message is left out');
  if (rule.folder !== '' && !isFolderName(rule.folder)) miss(`its folder ${shown(rule.folder)} has another name here`);
  const repliesOtherwise = rule.reply !== '' && rule.reply !== '250 OK';
  if (repliesOtherwise && !isReply(rule.reply)) miss(`its reply ${shown(rule.reply)} is none`);
  const drops = !rule.saves && !rule.relays && !rule.hasCode;
  return {
    ...(isMessage && rule.relays && { relay: true }),
    ...(isMessage && rule.folder !== '' && { folder: folderName(rule.folder) }),
    ...(isMessage && drops && { content: 'drop' }),
    ...(repliesOtherwise && isReply(rule.reply) && { reply: rule.reply }),
  };
}

function folderName(folder: string): string {
  return isFolderName(folder)
    ? folder
    : folder
        .replaceAll(/[^\w -]+/g, ' ')
        .trim()
        .slice(0, 60) || 'imported';
}

function ruleLines(rule: ForeignRule, name: string, conditions: readonly Written[], effects: Written): string[] {
  const when = conditions.length === 1 ? conditions[0]! : { any: conditions };
  return [
    `  - name: ${JSON.stringify(name)}`,
    `    kind: ${rule.kind}`,
    `    on: ${rule.hook}`,
    `    priority: ${rule.priority}`,
    ...(rule.enabled ? [] : ['    enabled: false']),
    `    when: ${flowYaml(when)}`,
    ...(Object.keys(effects).length === 0 ? [] : [`    then: ${flowYaml(effects)}`]),
  ];
}

/** There names are labels and may be used twice; here a name means one rule. */
class Names {
  readonly #used = new Set<string>();

  free(wanted: string): string {
    const base =
      wanted
        .replaceAll(/[^\w .-]+/g, ' ')
        .replace(/^[^\w]+/, '')
        .trim()
        .slice(0, 56) || 'imported';
    let name = base;
    for (let number = 2; this.#used.has(name); number++) name = `${base} ${number}`;
    this.#used.add(name);
    return name;
  }
}

function shown(source: string): string {
  const flat = source.trim().replaceAll(/\s+/g, ' ');
  return flat.length > 100 ? `${flat.slice(0, 100)}…` : flat;
}
