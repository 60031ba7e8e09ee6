import type { WrittenMap } from '../../document/written.ts';
import { all } from '../conditions/combine.ts';
import { presence, textCondition } from '../conditions/text-condition.ts';
import type { TextField } from '../conditions/text-fields.ts';
import {
  comparison,
  type ComparisonName,
  comparisonNames,
  type Letters,
  mentions,
  patterns,
  scripts,
  type TextOperator,
} from '../conditions/text-operators.ts';
import type { Condition } from '../condition.ts';
import { foldCase } from '../../text/fold-case.ts';
import { mentionTargets } from '../mentions/mention.ts';
import { Pattern } from '../pattern.ts';
import { type Place, type Reading, within } from './reading.ts';
import { choiceIn, textOf, textsIn, truthIn } from './scalars.ts';

const longestText = 1000;
const operatorNames = [...comparisonNames, 'regex', 'script', 'mentions', 'present'] as const;
const validTest = `one or more of ${operatorNames.join(', ')}, such as {contains: relay test}`;

/** What is asked of a text field: `{contains: …}`, with everything in it to hold of the same value. */
export function textTest(
  reading: Reading,
  place: Place,
  field: TextField,
  otherKeys: readonly string[] = [],
): Condition | undefined {
  const map = reading.map(place, validTest);
  if (!map) return undefined;
  reading.refuseOtherKeys(map, [...operatorNames, 'caseSensitive', ...otherKeys], place.key);
  const letters = lettersIn(reading, map, place.key);
  const operators = operatorsIn(reading, map, place.key, letters);
  const present = reading.member(map, 'present', place.key);
  const conditions: Condition[] = [];
  if (present) {
    const wanted = truthIn(reading, present);
    if (wanted !== undefined) conditions.push(presence(field, wanted ? 'present' : 'absent'));
  }
  if (operators.length > 0) conditions.push(textCondition(field, operators));
  const settles = ['caseSensitive', ...otherKeys];
  if ([...map.entries.keys()].every((name) => settles.includes(name)))
    reading.complain(place, 'nothing is asked here', validTest);
  return conditions.length > 0 ? all(conditions) : undefined;
}

function lettersIn(reading: Reading, map: WrittenMap, key: string): Letters {
  const place = reading.member(map, 'caseSensitive', key);
  return place && truthIn(reading, place) ? 'exact case' : 'any case';
}

function operatorsIn(reading: Reading, map: WrittenMap, key: string, letters: Letters): readonly TextOperator[] {
  const found: TextOperator[] = [];
  const place = (name: string) => reading.member(map, name, key);
  for (const name of comparisonNames) {
    const written = place(name);
    if (written) found.push(...comparisonIn(reading, written, name, letters));
  }
  const [regex, script, mention] = [place('regex'), place('script'), place('mentions')];
  if (regex) found.push(...patternsIn(reading, regex, letters));
  if (script) found.push(...scriptsIn(reading, script));
  if (mention) found.push(...mentionsIn(reading, mention, within(key, 'mentions')));
  return found;
}

function comparisonIn(reading: Reading, place: Place, name: ComparisonName, letters: Letters): TextOperator[] {
  const valid = `a text of at most ${longestText} characters, or a list of such`;
  const texts = textsIn(reading, place, valid).filter((item) => {
    const { length } = textOf(item);
    const isEmptyMeaningless = length === 0 && name !== 'equals';
    return (length <= longestText && !isEmptyMeaningless) || reading.refuse(item, valid);
  });
  return texts.length === 0 ? [] : [comparison(name, texts.map(textOf), foldCase, letters)];
}

function patternsIn(reading: Reading, place: Place, letters: Letters): TextOperator[] {
  const read: Pattern[] = [];
  for (const item of textsIn(reading, place, 'a regular expression, or a list of such')) {
    const pattern = Pattern.read(textOf(item), letters);
    if (typeof pattern === 'string') reading.complain(item, pattern);
    else read.push(pattern);
  }
  return read.length === 0 ? [] : [patterns(read)];
}

function scriptsIn(reading: Reading, place: Place): TextOperator[] {
  const valid = 'the name of a script in Unicode, such as Cyrillic, Han or Greek';
  const names = textsIn(reading, place, valid).filter((item) => isScript(textOf(item)) || reading.refuse(item, valid));
  return names.length === 0 ? [] : [scripts(names.map(textOf))];
}

function isScript(name: string): boolean {
  if (!/^[A-Za-z_]{2,40}$/.test(name)) return false;
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u').source !== '';
  } catch {
    return false;
  }
}

function mentionsIn(reading: Reading, place: Place, key: string): TextOperator[] {
  const items = textsIn(reading, place, mentionTargets.join(' or '));
  const targets = items.map((item) => choiceIn(reading, { ...item, key }, mentionTargets));
  const known = targets.filter((target) => target !== undefined);
  return known.length === 0 ? [] : [mentions(known)];
}
