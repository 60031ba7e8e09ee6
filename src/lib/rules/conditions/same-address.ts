import type { Condition } from '../condition.ts';
import { excerpt } from '../excerpt.ts';
import type { RuleFacts } from '../facts.ts';
import type { TextField } from './text-fields.ts';

/** Holds when all of the fields name one and the same address. */
export function sameAddress(fields: readonly TextField[]): Condition {
  const words = `${fields.map(({ name }) => name).join(' and ')} are the same address`;
  return {
    words,
    looksInside: fields.some(({ looksInside }) => looksInside),
    meets: [],
    find({ facts }) {
      const [first, ...others] = fields.map((field) => onlyAddress(field, facts));
      return first !== undefined && others.every((other) => other === first)
        ? `${words}: ${excerpt(first)}`
        : undefined;
    },
    failure: ({ facts }) =>
      `not so: ${words} (${fields.map((field) => excerpt(onlyAddress(field, facts) ?? '')).join(', ')})`,
  };
}

const longestValue = 1000;
const address = /[^\s<>"(),:;[\]@]{1,64}@[^\s<>"(),:;@]{1,255}/g;

function onlyAddress(field: TextField, facts: RuleFacts): string | undefined {
  const values = field.values(facts);
  if (values.length !== 1) return undefined;
  const found = values[0]!.slice(0, longestValue).toLowerCase().match(address) ?? [];
  const different = new Set(found);
  return different.size === 1 ? found[0] : undefined;
}
