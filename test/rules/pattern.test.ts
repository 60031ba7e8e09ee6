import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { foldCase } from '../../src/lib/text/fold-case.ts';
import { Inquiry } from '../../src/lib/rules/inquiry.ts';
import { OwnNames } from '../../src/lib/rules/mentions/own-names.ts';
import { longestPattern, Pattern } from '../../src/lib/rules/pattern.ts';
import { requiredLiteral } from '../../src/lib/rules/required-literal.ts';
import { sessionFacts, surroundings } from './support.ts';

const piece = fc.constantFrom(
  'abc',
  'ABC',
  'k',
  's',
  'x?',
  'y*',
  'z{2}',
  '(ab|c)',
  '[ab]+',
  '.',
  '\\w',
  '^',
  '$',
  '\\.',
  '(?:abc)?',
  'sk{0}',
  ' +',
  '(?i)',
  '|',
);
const pattern = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const letter = fc.constantFrom('a', 'b', 'c', 'A', 'B', 'C', 'k', 'K', 'K', 's', 'ſ', 'S', 'x', 'y', 'z', ' ', '.');
const text = fc.array(letter, { maxLength: 14 }).map((letters) => letters.join(''));

describe('the text that a pattern cannot do without', () => {
  it.each([
    ['relay test', 'relay test'],
    ['^Re: .*offer$', 'offer'],
    ['viagra\\s+\\w+', 'viagra'],
    ['(?:cheap|free) pills', ' pills'],
    ['[abc]+ mortgage?', ' mortgag'],
    ['abcd*', 'abc'],
    ['abc{2,3}def', 'def'],
    ['a|relay', undefined],
    ['(relay|test)', undefined],
    ['(relay)?', undefined],
    ['\\Qrelay\\E', undefined],
    ['\\x{72}elay', undefined],
    ['[]relay]', undefined],
    ['ab', undefined],
  ])('of %j is %j', (pattern, literal) => {
    expect(requiredLiteral(pattern)).toBe(literal);
  });

  it('is in every text that the pattern matches', () => {
    fc.assert(
      fc.property(pattern, text, (source, text) => {
        const literal = requiredLiteral(source);
        const read = Pattern.read(source, 'any case');
        fc.pre(literal !== undefined && typeof read !== 'string');
        if (RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).test(text)) {
          expect(foldCase(text)).toContain(foldCase(literal));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('changes nothing of what a pattern finds', () => {
    fc.assert(
      fc.property(pattern, text, fc.constantFrom('any case', 'exact case'), (source, text, letters) => {
        const read = Pattern.read(source, letters);
        fc.pre(typeof read !== 'string');
        const engine = RE2JS.compile(source, letters === 'any case' ? RE2JS.CASE_INSENSITIVE : 0);
        expect(read.matches(text, inquiry())).toBe(engine.test(text));
      }),
      { numRuns: 3000 },
    );
  });
});

const inquiry = () => new Inquiry(sessionFacts, new OwnNames(surroundings), new Set());

it('letters that are the same to a pattern are the same to the search before it', () => {
  const pattern = Pattern.read('kiss', 'any case');
  expect(typeof pattern === 'string' || pattern.matches('\u212aI\u017fS', inquiry())).toBe(true);
  const exact = Pattern.read('kiss', 'exact case');
  expect(typeof exact === 'string' || exact.matches('KISS', inquiry())).toBe(false);
});

it('a pattern that is too long is refused', () => {
  expect(Pattern.read('a'.repeat(longestPattern + 1), 'any case')).toMatch(/longer/);
});
