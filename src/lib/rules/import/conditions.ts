import { isIP } from 'node:net';
import { Pattern } from '../pattern.ts';
import { decodeWords } from '../../mime/encoded-words.ts';
import type { Python } from './python-tree.ts';
import { isOwnAddress, type Subject, subjectOf } from './subjects.ts';

/** A condition as it will be written. */
export type Written = { readonly [key: string]: unknown };

/** Why something cannot be said in the language of rules. */
export class Untranslatable extends Error {}

export function conditionOf(python: Python, roles: ReadonlyMap<string, string>): Written {
  switch (python.is) {
    case 'or':
      return { any: python.parts.map((part) => conditionOf(part, roles)) };
    case 'and':
      return { all: python.parts.map((part) => conditionOf(part, roles)) };
    case 'not':
      return { none: [conditionOf(python.of, roles)] };
    case 'compare':
      return comparisonOf(python, roles);
    case 'call':
      return callOf(python, roles);
    default:
      return presenceOf(known(python, roles), true);
  }
}

type Comparison = Extract<Python, { readonly is: 'compare' }>;
type Call = Extract<Python, { readonly is: 'call' }>;

function comparisonOf({ left, sign, right }: Comparison, roles: ReadonlyMap<string, string>): Written {
  switch (sign) {
    case 'in':
      return containing(left, right, roles);
    case 'not in':
      return { none: [containing(left, right, roles)] };
    case '==':
      return equal(left, right, roles);
    case '!=':
      return differing(left, right, roles);
    default:
      return foundAt(left, sign, right, roles);
  }
}

function containing(needle: Python, place: Python, roles: ReadonlyMap<string, string>): Written {
  if (place.is === 'tuple') return asked(known(needle, roles), 'equals', place.items);
  const subject = known(place, roles);
  if (isOwnAddress(needle)) return { [subject.field]: { mentions: 'own-address' } };
  return asked(subject, subject.field === 'recipient' ? 'equals' : 'contains', [needle]);
}

function equal(left: Python, right: Python, roles: ReadonlyMap<string, string>): Written {
  const [subject, value] = left.is === 'text' || isNone(left) ? [right, left] : [left, right];
  if (isNone(value)) return presenceOf(known(subject, roles), false);
  if (value.is === 'number') return foundAt(subject, '==', value, roles);
  return asked(known(subject, roles), 'equals', [value]);
}

function differing(left: Python, right: Python, roles: ReadonlyMap<string, string>): Written {
  if (isNone(right)) return presenceOf(known(left, roles), true);
  if (right.is === 'number') return foundAt(left, '!=', right, roles);
  return { none: [equal(left, right, roles)] };
}

/** `x.find('…') != -1` and its kin. */
function foundAt(call: Python, sign: string, at: Python, roles: ReadonlyMap<string, string>): Written {
  const find = findIn(call);
  if (!find || at.is !== 'number') throw new Untranslatable('it compares with something else than a text');
  const test = `${sign} ${at.number}`;
  if (test === '== 0') return asked(known(find.place, roles), 'starts', [find.needle]);
  const found = containing(find.needle, find.place, roles);
  if (['!= -1', '> -1', '>= 0'].includes(test)) return found;
  if (['== -1', '< 0', '<= -1'].includes(test)) return { none: [found] };
  throw new Untranslatable('it asks where in a text something is');
}

function findIn(python: Python): { readonly place: Python; readonly needle: Python } | undefined {
  if (python.is !== 'call' || python.of.is !== 'member' || python.of.name !== 'find') return undefined;
  const [needle, ...more] = python.given;
  return needle && more.length === 0 ? { place: python.of.of, needle } : undefined;
}

function callOf(call: Call, roles: ReadonlyMap<string, string>): Written {
  const { of, given } = call;
  if (of.is === 'member' && of.of.is === 'name' && of.of.name === 're') return regexOf(of.name, given, roles);
  if (of.is === 'member' && (of.name === 'startswith' || of.name === 'endswith') && given.length === 1) {
    const [one] = given;
    const texts = one?.is === 'tuple' ? one.items : given;
    return asked(known(of.of, roles), of.name === 'startswith' ? 'starts' : 'ends', texts);
  }
  return presenceOf(known(call, roles), true);
}

function regexOf(name: string, [pattern, place, flag]: readonly Python[], roles: ReadonlyMap<string, string>): Written {
  if ((name !== 'search' && name !== 'match') || pattern?.is !== 'text' || !place) {
    throw new Untranslatable(`it calls re.${name}`);
  }
  const ignores = flag?.is === 'member' && /^(?:I|IGNORECASE)$/.test(flag.name);
  if (flag && !ignores) throw new Untranslatable('it calls for flags of a regular expression that are not known here');
  const subject = known(place, roles);
  if (subject.field === 'peer') throw new Untranslatable('it compares the peer with a regular expression');
  const regex = name === 'match' ? `^(?:${pattern.text})` : pattern.text;
  const read = Pattern.read(regex, 'any case');
  if (typeof read === 'string') throw new Untranslatable(`its regular expression ${read}`);
  return { [subject.field]: { regex, ...(!ignores && subject.letters === 'exact case' && { caseSensitive: true }) } };
}

function asked({ field, letters }: Subject, operator: string, values: readonly Python[]): Written {
  const texts = values.map((value) => {
    if (value.is !== 'text') throw new Untranslatable('it compares with something that is no text');
    return decodedLiteral(value.text);
  });
  if (field === 'peer') return peerIs(texts);
  if (texts.length === 0 || (texts.includes('') && operator !== 'equals')) {
    throw new Untranslatable('it looks for nothing');
  }
  const wanted = texts.length === 1 ? texts[0] : texts;
  return { [field]: { [operator]: wanted, ...(letters === 'exact case' && { caseSensitive: true }) } };
}

function peerIs(texts: readonly string[]): Written {
  if (texts.some((text) => isIP(text) === 0))
    throw new Untranslatable('it compares the peer with a part of an address');
  return { peer: { in: texts } };
}

function presenceOf({ field }: Subject, present: boolean): Written {
  if (field === 'peer') throw new Untranslatable('it asks whether there is a peer');
  return { [field]: { present } };
}

function known(python: Python, roles: ReadonlyMap<string, string>): Subject {
  const subject = subjectOf(python, roles);
  if (!subject) throw new Untranslatable('it looks at something that rules do not know');
  return subject;
}

/** There headers were compared as they are written, here they are decoded: so is the text to look for. */
function decodedLiteral(text: string): string {
  if (!text.includes('=?')) return text;
  return decodeWords(/=\?[^?]+\?[bq]\?[^?]*$/i.test(text) ? `${text}?=` : text);
}

function isNone(python: Python): boolean {
  return python.is === 'name' && python.name === 'None';
}
