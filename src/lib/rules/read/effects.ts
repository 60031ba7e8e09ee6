import { isFolderName } from '../../capture/folder-name.ts';
import type { RuleHook } from '../../capture/rule-match.ts';
import { parseDuration } from '../../text/units.ts';
import type { RuleEffects, RuleReply } from '../judgement.ts';
import { type Place, type Reading, within } from './reading.ts';
import { amountIn, choiceIn, textIn, truthIn } from './scalars.ts';

const names = ['relay', 'folder', 'content', 'reply', 'tarpit', 'extractUrls'] as const;
// What is done with a message is said by a rule that has seen it.
const ofMessages: readonly string[] = ['relay', 'folder', 'content', 'extractUrls'];
const longestWait = 5 * 60_000;
const longestFolder = 200;

/** What follows when the rule is the first to match. */
export function effectsIn(reading: Reading, place: Place | undefined, rule: string, hook: RuleHook): RuleEffects {
  const map = place && reading.map(place, `effects: ${names.join(', ')}`);
  if (!place || !map) return { rule };
  reading.refuseOtherKeys(map, names, place.key);
  const member = (name: (typeof names)[number]) => {
    const found = reading.member(map, name, place.key);
    if (!found || hook === 'message' || !ofMessages.includes(name)) return found;
    return reading.complain(found, `is for messages, and this rule is asked on ${hook}`, 'it in a rule on message');
  };
  const [relay, folder, content] = [member('relay'), member('folder'), member('content')];
  const [reply, tarpit, urls] = [member('reply'), member('tarpit'), member('extractUrls')];
  const effects: RuleEffects = {
    rule,
    ...(relay && truthIn(reading, relay) && { relay: true as const }),
    ...optional('folder', folder && folderIn(reading, folder)),
    ...optional('content', content && choiceIn(reading, content, ['keep', 'drop'] as const)),
    ...optional('reply', reply && replyIn(reading, reply)),
    ...optional('tarpit', tarpit && waitIn(reading, tarpit)),
    ...(urls && truthIn(reading, urls) && { extractUrls: true as const }),
  };
  if (relay && effects.relay && effects.content === 'drop') {
    reading.complain(relay, 'cannot go with content: drop, for then there is nothing to relay');
  }
  return effects;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}

function folderIn(reading: Reading, place: Place): string | undefined {
  const valid = 'a folder of letters, digits, blanks, - and _, with / between a folder and the one within';
  return textIn(reading, place, valid, (text) => text.length <= longestFolder && isFolderName(text));
}

function waitIn(reading: Reading, place: Place): number | undefined {
  return amountIn(reading, place, 'a duration such as 5s, of 5m at most', (text) => {
    const wait = parseDuration(text);
    return wait !== undefined && wait <= longestWait ? wait : undefined;
  });
}

const validReply = 'a reply such as "550 5.7.1 No", with a hyphen behind the code on all lines but the last';

/** One reply, or `default` and others by the name of the persona. */
function replyIn(reading: Reading, place: Place): RuleReply | undefined {
  if (place.written.form !== 'map') {
    const text = textIn(reading, place, `${validReply}, or default and personas`, isReply);
    return text === undefined ? undefined : { text, byPersona: {} };
  }
  const byPersona = new Map<string, string>();
  for (const [name, { value }] of place.written.entries) {
    const text = textIn(reading, { written: value, key: within(place.key, name) }, validReply, isReply);
    if (text !== undefined) byPersona.set(name, text);
  }
  const text = byPersona.get('default');
  if (!place.written.entries.has('default')) {
    return reading.complain(place, 'has no default', 'default: with the reply of all other personas');
  }
  byPersona.delete('default');
  return text === undefined ? undefined : { text, byPersona: Object.fromEntries(byPersona) };
}

const longestReply = 2000;

export function isReply(written: string): boolean {
  const lines = written.split('\n');
  const code = written.slice(0, 3);
  return (
    written.length <= longestReply &&
    lines.every((line, index) => {
      const separator = index === lines.length - 1 ? ' ' : '-';
      return /^[245]\d\d[ -][^\p{Cc}]*$/u.test(line) && line.startsWith(`${code}${separator}`);
    })
  );
}
