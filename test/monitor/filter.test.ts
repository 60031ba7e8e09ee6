import { expect, it } from 'vitest';
import { filterOf } from '../../src/lib/monitor/filter.ts';

it.each([
  ['', 'anything', true],
  ['   ', 'anything', true],
  ['pills', 'cheap pills', true],
  ['PILLS cheap', 'cheap pills', true],
  ['pills free', 'cheap pills', false],
  ['!pills', 'cheap pills', false],
  ['!pills', 'an invoice', true],
  ['cheap !invoice', 'cheap pills', true],
  ['cheap !pills', 'cheap pills', false],
  ['!', 'anything', true],
  ['(.*)+$', 'cheap pills', false],
])('lets through with %o what is %o: %o', (filter, text, passes) => {
  expect(filterOf(filter)(text)).toBe(passes);
});
