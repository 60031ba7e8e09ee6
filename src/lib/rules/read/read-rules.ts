import { createHash } from 'node:crypto';
import { createFaultList, type DocumentSort } from '../../document/faults.ts';
import type { FileIdentity } from '../../document/yaml/places.ts';
import { readYaml } from '../../document/yaml/read.ts';
import { type Written, scalar } from '../../document/written.ts';
import type { Rule, RuleDocument } from '../rule.ts';
import { type Place, Reading } from './reading.ts';
import { ruleIn } from './rule.ts';

export const rulesSort: DocumentSort = {
  code: 'rules.faulty',
  fix: 'Correct what is named above; docs/rules.md explains every key.',
};

const mostRules = 10_000;

/** Reads the text of a file of rules; throws one DocumentFault that names everything that is wrong with it. */
export function readRules(source: string, file: FileIdentity): RuleDocument {
  const faults = createFaultList(rulesSort);
  const written = readYaml(source, file, faults);
  faults.throwIfAny();
  const reading = new Reading(faults);
  const empty = scalar('', { text: file.shown, folder: file.folder });
  const rules = documentIn(reading, { written: written ?? { ...empty, empty: true }, key: '' });
  faults.throwIfAny();
  return { revision: createHash('sha256').update(source).digest('hex').slice(0, 12), rules };
}

function documentIn(reading: Reading, place: Place): readonly Rule[] {
  const map = reading.map(place, 'version: 1 and rules:');
  if (!map) return [];
  reading.refuseOtherKeys(map, ['version', 'rules'], '');
  const version = reading.member(map, 'version', '');
  if (!version) reading.complain(place, 'version is missing', 'version: 1');
  else if (!isVersionOne(version.written)) reading.refuse(version, '1, the only version that there is');
  const list = reading.member(map, 'rules', '');
  if (!list) return reading.complain(place, 'rules is missing', 'rules: with a list of rules, or []') ?? [];
  const items = reading.items(list, 'a list of rules') ?? [];
  if (items.length > mostRules) return reading.complain(list, `has more than ${mostRules} rules`) ?? [];
  return withoutNamesakes(reading, items);
}

function isVersionOne(written: Written): boolean {
  return written.form === 'scalar' && written.text === '1';
}

/** What is stored with a message names the rule, so a name means one rule. */
function withoutNamesakes(reading: Reading, items: readonly Place[]): readonly Rule[] {
  const byName = new Map<string, Rule>();
  for (const item of items) {
    const rule = ruleIn(reading, item);
    if (!rule) continue;
    const first = byName.get(rule.name);
    if (first) reading.complain({ ...item, key: `${item.key}.name` }, `is also the name of the rule at ${first.place}`);
    else byName.set(rule.name, rule);
  }
  return [...byName.values()];
}
