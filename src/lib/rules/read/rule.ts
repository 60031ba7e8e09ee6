import { ruleHooks, ruleKinds } from '../../capture/rule-match.ts';
import type { Rule } from '../rule.ts';
import { effectsIn } from './effects.ts';
import type { Place, Reading } from './reading.ts';
import { amountIn, choiceIn, textIn, textOf, textsIn, truthIn, wholeNumber } from './scalars.ts';
import { whenIn } from './when.ts';

const names = ['name', 'kind', 'on', 'priority', 'enabled', 'expires', 'comment', 'tags', 'when', 'then'];
const required = ['name', 'kind', 'on', 'when'];
const usualPriority = 100;
const namePattern = /^[\w][\w .-]{0,63}$/;
const tagPattern = /^[\w][\w.:-]{0,63}$/;
const mostTags = 20;

/** One rule; undefined when something is wrong with it. */
export function ruleIn(reading: Reading, place: Place): Rule | undefined {
  const map = reading.map(place, `a rule with the keys ${names.join(', ')}`);
  if (!map) return undefined;
  reading.refuseOtherKeys(map, names, place.key);
  const member = (name: string) => reading.member(map, name, place.key);
  const missing = required.filter((name) => !map.entries.has(name));
  if (missing.length > 0) reading.complain(place, `${missing.join(', ')} missing`);
  const name = read(member('name'), (written) => nameIn(reading, written));
  const kind = read(member('kind'), (written) => choiceIn(reading, written, ruleKinds));
  const hook = read(member('on'), (written) => choiceIn(reading, written, ruleHooks));
  // Without a hook nothing else can be judged than by the one that knows everything.
  const condition = read(member('when'), (written) => whenIn(reading, written, hook ?? 'message'));
  const effects = effectsIn(reading, member('then'), name ?? '', hook ?? 'message');
  const priority = read(member('priority'), (written) => priorityIn(reading, written)) ?? usualPriority;
  const enabled = read(member('enabled'), (written) => truthIn(reading, written)) ?? true;
  const expires = read(member('expires'), (written) => momentIn(reading, written));
  const comment = read(member('comment'), (written) => textIn(reading, written, 'a text'));
  const tags = read(member('tags'), (written) => tagsIn(reading, written)) ?? [];
  if (name === undefined || kind === undefined || hook === undefined || condition === undefined) return undefined;
  const when = expires === undefined ? {} : { expires };
  const said = comment === undefined ? {} : { comment };
  const origin = place.written.origin.text;
  return { name, kind, hook, priority, enabled, ...when, ...said, tags, condition, effects, place: origin };
}

function read<Value>(place: Place | undefined, reader: (place: Place) => Value | undefined): Value | undefined {
  return place && reader(place);
}

function nameIn(reading: Reading, place: Place): string | undefined {
  const valid = 'a name of at most 64 letters, digits, blanks, dots, - and _';
  return textIn(reading, place, valid, (text) => namePattern.test(text));
}

function priorityIn(reading: Reading, place: Place): number | undefined {
  return amountIn(reading, place, 'a number; the lower, the earlier', wholeNumber);
}

function tagsIn(reading: Reading, place: Place): readonly string[] {
  const valid = `at most ${mostTags} tags of letters, digits, dots, colons, - and _`;
  const tags = textsIn(reading, place, valid).filter(
    (item) => tagPattern.test(textOf(item)) || reading.refuse(item, valid),
  );
  if (tags.length > mostTags) reading.refuse(place, valid);
  return tags.map(textOf);
}

const day = /^\d{4}-\d\d-\d\d$/;
const dayAndTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z?$/;

/** A moment in UTC; a day counts until it is over. */
function momentIn(reading: Reading, place: Place): number | undefined {
  return amountIn(reading, place, 'a day such as 2027-06-30, or a time such as 2027-06-30T12:00Z', (text) => {
    if (day.test(text)) return beyond(Date.parse(`${text}T00:00Z`), text, 864e5);
    if (dayAndTime.test(text)) return beyond(Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`), text, 0);
    return undefined;
  });
}

/** A 31st of June is read as the 1st of July, which nobody meant. */
function beyond(moment: number, text: string, more: number): number | undefined {
  const isMeant = !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text.slice(0, 10));
  return isMeant ? moment + more : undefined;
}
