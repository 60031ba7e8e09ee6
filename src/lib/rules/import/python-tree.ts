import { pythonTokens, type Token } from './python-tokens.ts';

/** The expressions that conditions of rules are made of, as a tree. */
export type Python =
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'number'; readonly number: number }
  | { readonly is: 'tuple'; readonly items: readonly Python[] }
  | { readonly is: 'member'; readonly of: Python; readonly name: string }
  | { readonly is: 'item'; readonly of: Python; readonly index: Python }
  | { readonly is: 'call'; readonly of: Python; readonly given: readonly Python[] }
  | { readonly is: 'not'; readonly of: Python }
  | { readonly is: 'and' | 'or'; readonly parts: readonly Python[] }
  | { readonly is: 'compare'; readonly left: Python; readonly sign: string; readonly right: Python };

export interface Lambda {
  readonly names: readonly string[];
  readonly body: Python;
}

const deepest = 40;
const longestSource = 10_000;

/** Reads `lambda a, b: …`; undefined when it is anything but a simple expression. Nothing of it is ever run. */
export function readLambda(source: string): Lambda | undefined {
  const tokens = source.length > longestSource ? undefined : pythonTokens(source);
  if (!tokens) return undefined;
  try {
    return new Parser(tokens).lambda();
  } catch (thrown) {
    if (thrown instanceof NotSimple) return undefined;
    throw thrown;
  }
}

class NotSimple extends Error {}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  lambda(): Lambda {
    this.#expect('lambda');
    const names: string[] = [];
    while (!this.#takes(':')) {
      names.push(this.#name());
      if (!this.#takes(',') && this.#token.text !== ':') throw new NotSimple();
    }
    const body = this.#expression();
    if (this.#token.sort !== 'end') throw new NotSimple();
    return { names, body };
  }

  #expression(): Python {
    if (++this.#depth > deepest) throw new NotSimple();
    const parts = this.#joined('or', () => this.#joined('and', () => this.#negation()));
    this.#depth--;
    return parts;
  }

  #joined(word: 'and' | 'or', part: () => Python): Python {
    const parts = [part()];
    while (this.#takes(word)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { is: word, parts };
  }

  #negation(): Python {
    let isNegated = false;
    while (this.#takes('not')) isNegated = !isNegated;
    const of = this.#comparison();
    return isNegated ? { is: 'not', of } : of;
  }

  #comparison(): Python {
    const left = this.#value();
    const sign = this.#sign();
    return sign === undefined ? left : { is: 'compare', left, sign, right: this.#value() };
  }

  #sign(): string | undefined {
    if (this.#takes('in')) return 'in';
    if (this.#takes('is')) return this.#takes('not') ? '!=' : '==';
    if (this.#token.text === 'not' && this.#tokens[this.#at + 1]?.text === 'in') {
      this.#at += 2;
      return 'not in';
    }
    return ['==', '!=', '>=', '<=', '>', '<'].find((sign) => this.#takes(sign));
  }

  #value(): Python {
    let value = this.#atom();
    for (;;) {
      if (this.#takes('.')) value = { is: 'member', of: value, name: this.#name() };
      else if (this.#takes('(')) value = { is: 'call', of: value, given: this.#list(')') };
      else if (this.#takes('[')) {
        value = { is: 'item', of: value, index: this.#expression() };
        this.#expect(']');
      } else return value;
    }
  }

  #atom(): Python {
    const { sort, text } = this.#token;
    if (this.#takes('-')) {
      const number = this.#atom();
      if (number.is !== 'number') throw new NotSimple();
      return { is: 'number', number: -number.number };
    }
    if (this.#takes('[')) return { is: 'tuple', items: this.#list(']') };
    if (this.#takes('(')) {
      const items = this.#list(')');
      return items.length === 1 ? items[0]! : { is: 'tuple', items };
    }
    this.#at++;
    if (sort === 'text') return { is: 'text', text };
    if (sort === 'number') return { is: 'number', number: Number(text) };
    if (sort === 'name' && text !== 'lambda' && text !== 'if' && text !== 'for') return { is: 'name', name: text };
    throw new NotSimple();
  }

  #list(end: string): readonly Python[] {
    const items: Python[] = [];
    while (!this.#takes(end)) {
      items.push(this.#expression());
      if (!this.#takes(',') && this.#token.text !== end) throw new NotSimple();
    }
    return items;
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
  }

  #name(): string {
    const { sort, text } = this.#token;
    if (sort !== 'name') throw new NotSimple();
    this.#at++;
    return text;
  }

  // Words within quotes are no words of the language.
  #takes(text: string): boolean {
    const isNext = this.#token.text === text && this.#token.sort !== 'text' && this.#token.sort !== 'end';
    if (isNext) this.#at++;
    return isNext;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw new NotSimple();
  }
}
