import { expect, it } from 'vitest';
import { rowFilter } from '../../src/lib/monitor/filter.ts';

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
  expect(rowFilter(filter, 0).passes({ key: '', words: () => text })).toBe(passes);
});

const row = {
  key: '01',
  words: () => 'Cheap Pills from ann@spam.example',
  time: '2026-11-27T10:00:00.000Z',
  facts: { from: ['ann@spam.example'], ip: ['198.51.100.7'], rule: ['pills'], size: ['2000'] },
};
const now = Date.parse('2026-11-27T12:00:00Z');

it.each([
  ['from:*@spam.example', true],
  ['from:*@other.example', false],
  ['ip:198.51.100.0/24 rule:pills', true],
  ['!ip:198.51.100.0/24', false],
  ['since:3h', true],
  ['since:1h', false],
  ['until:1h', true],
  ['size:>1kb pills', true],
  ['helo:anything', false],
  ['!helo:anything', true],
])('takes %o as commands do: %o', (filter, passes) => {
  expect(rowFilter(filter, now).passes(row)).toBe(passes);
  expect(rowFilter(filter, now).fault).toBeUndefined();
});

it('takes what is not finished as text, and says what is wrong with it', () => {
  const { passes, fault } = rowFilter('ip:198.51', now);
  expect(passes(row)).toBe(false);
  expect(fault).toContain('198.51 is not an IP address');
});
