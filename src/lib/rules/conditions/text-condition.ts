import type { Condition } from '../condition.ts';
import { excerpt } from '../excerpt.ts';
import type { Inquiry } from '../inquiry.ts';
import type { TextField } from './text-fields.ts';
import type { TextOperator } from './text-operators.ts';

const longestShown = 200;

/** Holds when one value of the field fits all operators. */
export function textCondition(field: TextField, operators: readonly TextOperator[]): Condition {
  const words = `${field.name} ${operators.map((operator) => operator.words).join(' and ')}`;
  return {
    words,
    looksInside: field.looksInside,
    meets: [],
    find(inquiry) {
      // Before the text is worked out: for most messages that is all the work.
      if (operators.some((operator) => operator.mayFind?.(inquiry) === false)) return undefined;
      for (const value of field.values(inquiry.facts)) {
        const found = findAll(value, operators, inquiry);
        if (found) return `${field.name}${value.length > longestShown ? '' : ` ${excerpt(value)}`} ${found}`;
      }
      return undefined;
    },
    failure({ facts }) {
      const [value, ...more] = field.values(facts);
      if (value === undefined) return `there is no ${field.name}, so it is not so that ${words}`;
      return `not so: ${words} (it is ${excerpt(value)}${more.length > 0 ? ` and ${more.length} more` : ''})`;
    },
  };
}

function findAll(value: string, operators: readonly TextOperator[], inquiry: Inquiry): string | undefined {
  const found: string[] = [];
  for (const operator of operators) {
    const words = operator.find(value, inquiry);
    if (words === undefined) return undefined;
    found.push(words);
  }
  return found.join(' and ');
}

/** Whether the field is there at all. */
export function presence(field: TextField, wanted: 'present' | 'absent'): Condition {
  const words = `${field.name} is ${wanted}`;
  const holds = ({ facts }: Inquiry) => field.values(facts).length > 0 === (wanted === 'present');
  return {
    words,
    looksInside: field.looksInside,
    meets: [],
    find: (inquiry) => (holds(inquiry) ? words : undefined),
    failure: () => `not so: ${words}`,
  };
}
