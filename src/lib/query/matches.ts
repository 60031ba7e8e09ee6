import { Networks } from '../net/network.ts';
import { foldCase } from '../text/fold-case.ts';
import type { Feature, FieldName } from './fields.ts';
import { fits } from './pattern.ts';
import type { Comparison, Query, Test } from './query.ts';

/** Something that a filter may let through. */
export interface Filtered {
  /** Where bare words are looked for, in folded case. */
  readonly anything: () => string;
  /** What it has in a field; undefined where things of its kind have no such field. */
  readonly texts: (field: FieldName) => readonly string[] | undefined;
  readonly time?: number;
}

export type Filter = (thing: Filtered) => boolean;

const featureFields: Readonly<Record<Exclude<Feature, 'gap'>, FieldName>> = {
  attachment: 'attachment',
  url: 'url',
  credential: 'credential',
  probe: 'probe',
  campaign: 'campaign',
  text: 'text',
};

/** The query as a question to one thing at a time, for lists that are in memory. */
export function filterFrom(query: Query): Filter {
  const checks = query.map(({ test, refused }) => {
    const holds = checkOf(test);
    return (thing: Filtered) => holds(thing) !== refused;
  });
  return (thing) => checks.every((check) => check(thing));
}

function checkOf(test: Test): Filter {
  switch (test.on) {
    case 'anything':
      return ({ anything }) => test.patterns.some((pattern) => fits(pattern, anything()));
    case 'text':
      return ({ texts }) =>
        (texts(test.field) ?? []).some((text) => test.patterns.some((pattern) => fits(pattern, foldCase(text))));
    case 'network': {
      const networks = new Networks(test.networks);
      return ({ texts }) => (texts('ip') ?? []).some((address) => networks.has(address));
    }
    case 'time':
      return ({ time }) => time !== undefined && (test.bound === 'since' ? time >= test.moment : time <= test.moment);
    case 'amount':
      return ({ texts }) =>
        (texts(test.field) ?? []).some((text) => compares(Number(text), test.comparison, test.amount));
    case 'feature':
      return ({ texts }) =>
        test.features.some((feature) => feature !== 'gap' && (texts(featureFields[feature]) ?? []).length > 0);
  }
}

function compares(value: number, comparison: Comparison, amount: number): boolean {
  switch (comparison) {
    case '<':
      return value < amount;
    case '<=':
      return value <= amount;
    case '=':
      return value === amount;
    case '>=':
      return value >= amount;
    case '>':
      return value > amount;
  }
}
