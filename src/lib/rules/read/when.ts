import { type RuleHook, ruleHooks } from '../../capture/rule-match.ts';
import type { WrittenMap } from '../../document/written.ts';
import type { Condition } from '../condition.ts';
import { all, any, none } from '../conditions/combine.ts';
import { countFields } from '../conditions/count-fields.ts';
import { headerField, lastLinesField, textFields } from '../conditions/text-fields.ts';
import { seenSubjects } from '../seen-memory.ts';
import { countTest } from './count-test.ts';
import { type Place, type Reading, within } from './reading.ts';
import { amountIn, countNumber, textOf } from './scalars.ts';
import { firstSeenTest, peerTest, sameAddressTest, tlsTest } from './session-tests.ts';
import { textTest } from './text-test.ts';

interface Test {
  /** The first hook at which it can be asked. */
  readonly since: RuleHook;
  read(reading: Reading, place: Place): Condition | undefined;
}

const usualLines = 20;
const mostLines = 200;

const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ...textFields.map((field): [string, Test] => [
    field.name,
    { since: field.since, read: (reading, place) => textTest(reading, place, field) },
  ]),
  ...countFields.map((field): [string, Test] => [
    field.name,
    { since: field.since, read: (reading, place) => countTest(reading, place, field) },
  ]),
  ['lastLines', { since: 'message', read: lastLinesTest }],
  ['peer', { since: 'connect', read: peerTest }],
  ['tls', { since: 'connect', read: tlsTest }],
  ['firstSeen', { since: 'connect', read: firstSeenTest }],
  ['sameAddress', { since: 'message', read: sameAddressTest }],
]);

const groups = { all, any, none } as const;
const groupNames = Object.keys(groups) as readonly (keyof typeof groups)[];
const headerPattern = /^header ([!-9;-~]{1,80})$/;
const known = [...groupNames, ...tests.keys(), 'header NAME'];
const validWhen = 'conditions such as {subject: {mentions: own-address}}';

/** The conditions of a rule: a map, in which everything has to hold. */
export function whenIn(reading: Reading, place: Place, hook: RuleHook): Condition | undefined {
  const map = reading.map(place, validWhen);
  if (!map) return undefined;
  if (map.entries.size === 0) return reading.complain(place, 'nothing is asked here', validWhen);
  const conditions = [...map.entries.keys()].map((name) => memberIn(reading, map, { name, key: place.key, hook }));
  const found = conditions.filter((condition) => condition !== undefined);
  return found.length > 0 ? all(found) : undefined;
}

interface Member {
  readonly name: string;
  readonly key: string;
  readonly hook: RuleHook;
}

function memberIn(reading: Reading, map: WrittenMap, { name, key, hook }: Member): Condition | undefined {
  const { keyOrigin, value } = map.entries.get(name)!;
  const place = { written: value, key: within(key, name) };
  const group = groupNames.find((each) => each === name);
  if (group) return groupIn(reading, place, group, hook);
  const test = testFor(name);
  if (!test) {
    reading.unknownKey(name, keyOrigin.text, known, key);
    return undefined;
  }
  const condition = test.read(reading, place);
  const since = name === 'firstSeen' ? lastKnown(place) : test.since;
  if (isKnownAt(hook, since)) return condition;
  return reading.complain(
    { written: { ...value, origin: keyOrigin }, key: place.key },
    `is not known yet at the hook ${hook}`,
    `it in a rule on ${since}${since === 'message' ? '' : ' or later'}`,
  );
}

function testFor(name: string): Test | undefined {
  const header = headerPattern.exec(name)?.[1];
  if (header === undefined) return tests.get(name);
  return { since: 'message', read: (reading, place) => textTest(reading, place, headerField(header)) };
}

function groupIn(reading: Reading, place: Place, group: keyof typeof groups, hook: RuleHook): Condition | undefined {
  const items = reading.items(place, 'a list of conditions');
  if (items?.length === 0) return reading.complain(place, 'nothing is asked here', 'a list of conditions');
  const conditions = (items ?? []).map((item) => whenIn(reading, item, hook)).filter((each) => each !== undefined);
  return conditions.length > 0 ? groups[group](conditions) : undefined;
}

function isKnownAt(hook: RuleHook, since: RuleHook): boolean {
  return ruleHooks.indexOf(hook) >= ruleHooks.indexOf(since);
}

const knownSince: Readonly<Record<(typeof seenSubjects)[number], RuleHook>> = {
  peer: 'connect',
  network: 'connect',
  helo: 'helo',
  sender: 'mail',
  recipient: 'rcpt',
};

function lastKnown({ written }: Place): RuleHook {
  const items = written.form === 'list' ? written.items : [written];
  const named = items.map((item) => textOf({ written: item, key: '' }));
  const hooks = seenSubjects.filter((subject) => named.includes(subject)).map((subject) => knownSince[subject]);
  return hooks.toSorted((a, b) => ruleHooks.indexOf(b) - ruleHooks.indexOf(a))[0] ?? 'connect';
}

/** `lastLines: {lines: 5, mentions: own-address}` */
function lastLinesTest(reading: Reading, place: Place): Condition | undefined {
  const lines = place.written.form === 'map' ? reading.member(place.written, 'lines', place.key) : undefined;
  const valid = `a number from 1 to ${mostLines}`;
  const parse = (text: string) => {
    const count = countNumber(text);
    return count !== undefined && count >= 1 && count <= mostLines ? count : undefined;
  };
  const count = lines ? amountIn(reading, lines, valid, parse) : usualLines;
  return textTest(reading, place, lastLinesField(count ?? usualLines), ['lines']);
}
