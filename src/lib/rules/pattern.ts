import { RE2JS, RE2JSException, RE2Set } from 're2js';
import { printableWithin } from '../text/printable.ts';
import { foldCase } from '../text/fold-case.ts';
import type { Inquiry } from './inquiry.ts';
import { requiredLiteral } from './required-literal.ts';

export const longestPattern = 1000;
const mostInstructions = 500;
/** A pattern sees no more than this of a text. */
export const mostCharacters = 65_536;
/**
 * An automaton remembers what it has worked out. Where a text makes it work out something new with each character, it
 * has to give up early: by default it would fill 8 MiB first, for each of a thousand patterns, at ten times the cost.
 */
const mostRemembered = 256 * 2 ** 10;

// `(?i)` within the pattern.
const changesCase = /\(\?[a-zA-Z-]*i/;

/** A pattern whose work grows with the length of the text and no faster, whatever the text and the pattern are. */
export class Pattern {
  readonly source: string;
  readonly #ignoresCase: boolean;
  readonly #instructions: number;
  readonly #required: string | undefined;
  readonly #engine: RE2Set;

  private constructor(source: string, letters: 'any case' | 'exact case') {
    const flags = letters === 'any case' ? RE2JS.CASE_INSENSITIVE : 0;
    this.source = source;
    this.#ignoresCase = letters === 'any case';
    this.#instructions = RE2JS.compile(source, flags).programSize();
    // A set of one: the only door behind which the memory can be limited.
    this.#engine = new RE2Set(RE2Set.UNANCHORED, flags, mostRemembered);
    this.#engine.add(source);
    const required = requiredLiteral(source);
    this.#required = this.#ignoresCase
      ? required && foldCase(required)
      : changesCase.test(source)
        ? undefined
        : required;
  }

  /** The pattern, or what is wrong with it. */
  static read(source: string, letters: 'any case' | 'exact case'): Pattern | string {
    if (source.length > longestPattern) return `is longer than ${longestPattern} characters`;
    try {
      const pattern = new Pattern(source, letters);
      if (pattern.#instructions <= mostInstructions) return pattern;
      return 'is too large: repetitions such as {1,1000} count as often as they may repeat';
    } catch (thrown) {
      if (!(thrown instanceof RE2JSException)) throw thrown;
      return `is no regular expression of RE2: ${complaint(thrown.message)}`;
    }
  }

  matches(text: string, inquiry: Inquiry): boolean {
    if (!this.#mayMatch(text, inquiry)) return false;
    const seen = text.length > mostCharacters ? text.slice(0, mostCharacters) : text;
    return inquiry.effort.allows(seen.length + 1, this.#instructions) && this.#engine.match(seen).length > 0;
  }

  // Most texts do not have what a pattern needs, and finding that out is a hundred times cheaper.
  #mayMatch(text: string, inquiry: Inquiry): boolean {
    if (this.#required === undefined) return true;
    return (this.#ignoresCase ? inquiry.folded(text) : text).includes(this.#required);
  }
}

/** The library repeats the pattern, with the flags that were asked of it in front. */
function complaint(message: string): string {
  return printableWithin(message.replace(/^error parsing regexp: /, '').replace('`(?i)', '`'), 100);
}
