import { exitCodes, Fault } from '../errors.ts';
import { readNetwork, type Network } from '../net/network.ts';
import { isDay, parseMoment } from '../text/moment.ts';
import { nearest } from '../text/nearest.ts';
import { printableWithin } from '../text/printable.ts';
import { parseSize } from '../text/units.ts';
import { features, fields, isFieldName, type Feature, type FieldName } from './fields.ts';
import { beginningPattern, namePattern, wordsPattern } from './pattern.ts';
import type { Comparison, Condition, Query, Test } from './query.ts';
import { termsIn, type Term, type Written } from './terms.ts';

const day = 864e5;
const mostTerms = 50;
const mostAlternatives = 100;

/** What a filter means; a fault says which word of it means nothing. */
export function parseQuery(filter: string, now: number): Query {
  const terms = termsIn(filter);
  if (terms.length > mostTerms) throw refusal(filter, `it has more than ${mostTerms} words`, 'Ask for less at once.');
  return terms.map((term): Condition => ({ refused: term.refused, test: testOf(term, now) }));
}

function testOf(term: Term, now: number): Test {
  const { field, alternatives } = term;
  if (field === undefined) return { on: 'anything', patterns: alternatives.map(wordsPattern) };
  if (!isFieldName(field)) throw unknownField(term, field);
  if (alternatives.length > mostAlternatives) {
    throw refusal(term.text, `it has more than ${mostAlternatives} alternatives`, 'Ask for less at once.');
  }
  const { kind } = fields[field];
  switch (kind) {
    case 'words':
      return { on: 'text', field, patterns: alternatives.map(wordsPattern) };
    case 'name':
      return { on: 'text', field, patterns: alternatives.map(namePattern) };
    case 'beginning':
      return { on: 'text', field, patterns: alternatives.map(beginningPattern) };
    case 'network':
      return { on: 'network', networks: alternatives.map((written) => networkFrom(term, written)) };
    case 'since':
    case 'until':
      return { on: 'time', bound: kind, moment: momentOf(term, kind, now) };
    case 'amount':
      return amountTest(term, field as 'size' | 'recipients');
    case 'feature':
      return { on: 'feature', features: alternatives.map((written) => featureFrom(term, written)) };
  }
}

function networkFrom(term: Term, { text }: Written): Network {
  const reading = readNetwork(text);
  if (reading.is === 'network') return reading.network;
  throw refusal(
    term.text,
    reading.why,
    'Write an address (198.51.100.7) or a network (198.51.100.0/24, 2001:db8::/32).',
  );
}

function momentOf(term: Term, bound: 'since' | 'until', now: number): number {
  const text = only(term);
  const moment = parseMoment(text, now);
  if (moment === undefined) {
    throw refusal(
      term.text,
      'that is no time',
      'Write a day (2026-11-26, in UTC), a time (2026-11-26T09:30Z), or how long ago (2h, 3d).',
    );
  }
  return bound === 'until' && isDay(text) ? moment + day - 1 : moment;
}

function amountTest(term: Term, field: 'size' | 'recipients'): Test {
  const match = /^(<=|>=|<|>|=)?(.+)$/.exec(only(term));
  const amount = match ? parseSize(match[2]!) : undefined;
  if (!match || amount === undefined) {
    throw refusal(term.text, 'that is no amount', `Write for example ${fields[field].example} or ${field}:<100.`);
  }
  return { on: 'amount', field, comparison: (match[1] ?? '=') as Comparison, amount };
}

function featureFrom(term: Term, { text }: Written): Feature {
  const feature = features.find((each) => each === text.toLowerCase());
  if (feature) return feature;
  throw refusal(term.text, 'nothing has that', `What may be asked for: ${features.join(', ')}.`);
}

function only(term: Term): string {
  const [written, another] = term.alternatives;
  if (written && !another) return written.text;
  throw refusal(term.text, 'only one value can be meant', 'Write it without a comma.');
}

function unknownField(term: Term, field: string): Fault {
  const meant = nearest(field, Object.keys(fields));
  const advice = meant ? `Did you mean ${meant}:?` : `Fields are ${listed()}.`;
  return refusal(term.text, `there is no field "${field}"`, `${advice} In quotes it is text: "${term.text}".`);
}

function listed(): string {
  return (Object.keys(fields) as FieldName[]).join(', ');
}

function refusal(text: string, why: string, fix: string): Fault {
  return new Fault(`The filter says "${printableWithin(text, 60)}": ${why}.`, {
    code: 'filter',
    fix: printableWithin(fix, 500),
    exit: exitCodes.usage,
  });
}
