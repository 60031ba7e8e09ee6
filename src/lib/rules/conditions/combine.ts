import type { Condition } from '../condition.ts';

export function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]!;
  return {
    ...combined(conditions, ' and '),
    find(inquiry) {
      const found: string[] = [];
      for (const condition of conditions) {
        const words = condition.find(inquiry);
        if (words === undefined) return undefined;
        found.push(words);
      }
      return found.join('; ');
    },
    failure: (inquiry) => conditions.find((condition) => condition.find(inquiry) === undefined)?.failure(inquiry) ?? '',
  };
}

export function any(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]!;
  return {
    ...combined(conditions, ' or '),
    find(inquiry) {
      for (const condition of conditions) {
        const words = condition.find(inquiry);
        if (words !== undefined) return words;
      }
      return undefined;
    },
    failure: (inquiry) => conditions.map((condition) => condition.failure(inquiry)).join('; '),
  };
}

export function none(conditions: readonly Condition[]): Condition {
  const { words, ...rest } = combined(conditions, ' or ');
  const unwanted = `not (${words})`;
  const found = (inquiry: Parameters<Condition['find']>[0]) => {
    for (const condition of conditions) {
      const words = condition.find(inquiry);
      if (words !== undefined) return words;
    }
    return undefined;
  };
  return {
    ...rest,
    words: unwanted,
    find: (inquiry) => (found(inquiry) === undefined ? unwanted : undefined),
    failure: (inquiry) => `unwanted: ${found(inquiry)}`,
  };
}

function combined(conditions: readonly Condition[], between: string) {
  return {
    words: conditions.map(({ words }) => words).join(between),
    looksInside: conditions.some(({ looksInside }) => looksInside),
    meets: [...new Set(conditions.flatMap(({ meets }) => meets))],
  };
}
