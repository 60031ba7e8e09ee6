import type { PeerText } from '../../capture/capture.ts';

export type EximAddress =
  | { readonly is: 'address'; readonly address: PeerText; readonly start: number }
  /** The reason in Exim's own words. */
  | { readonly is: 'faulty'; readonly why: string };

const longestAddress = 256;
const shownOfLong = 64;
const shownOfRest = 32;

/** Reads an address as Exim does, and finds the same fault first when there are several. */
export function readEximAddress(text: PeerText): EximAddress {
  try {
    const { start, end } = new AddressReader(text).read();
    const address = text.slice(start, end);
    if (address.length <= longestAddress) return { is: 'address', address, start };
    return { is: 'faulty', why: `address is ridiculously long: ${address.slice(0, shownOfLong)}...` };
  } catch (error) {
    if (error instanceof AddressFault) return { is: 'faulty', why: error.message };
    throw error;
  }
}

class AddressFault extends Error {}

interface Span {
  readonly start: number;
  readonly end: number;
}

class AddressReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Span {
    this.#skip();
    const span = this.#peek() === '<' ? this.#bracketed() : this.#bare();
    this.#skip();
    if (this.#peek() !== '') throw this.#unexpected();
    return span;
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  // An address by itself, or a name before brackets.
  #bare(): Span {
    const start = this.#at;
    const first = this.#localPart();
    if (first === '') throw new AddressFault('missing or malformed local part (expected word or "<")');
    this.#skip();
    if (this.#peek() === '<') return this.#bracketed();
    if (this.#peek() === '@') {
      this.#at++;
      this.#domain();
      return { start, end: this.#at };
    }
    if (/[\w"]/.test(this.#peek())) throw new AddressFault('missing or malformed local part (expected word or "<")');
    return { start, end: start + first.length };
  }

  #bracketed(): Span {
    this.#at++;
    this.#skip();
    const start = this.#at;
    if (this.#peek() === '>') {
      this.#at++;
      return { start, end: start };
    }
    if (this.#peek() === '@') this.#route();
    const local = this.#localPart();
    if (local === '') throw new AddressFault('missing or malformed local part');
    this.#skip();
    if (this.#peek() === '@') {
      this.#at++;
      this.#domain();
    } else if (this.#peek() !== '>') throw new AddressFault(`"@" or "." expected after "${local}"`);
    const end = this.#at;
    this.#skip();
    if (this.#peek() === '') throw new AddressFault("'>' missing at end of address");
    if (this.#peek() !== '>') throw this.#unexpected();
    this.#at++;
    return { start, end };
  }

  #route(): void {
    while (this.#peek() === '@' || this.#peek() === ',') {
      this.#at++;
      if (this.#peek() === '@') this.#at++;
      this.#domain();
    }
    if (this.#peek() !== ':') throw new AddressFault('no local part');
    this.#at++;
  }

  // Atoms, quoted strings and dots in any order.
  #localPart(): string {
    const start = this.#at;
    for (;;) {
      if (this.#peek() === '"') this.#quoted();
      else if (this.#peek() === '\\') this.#at += 2;
      else if (/[^\x00-\x20\x7f()<>@,;:[\]"\\]/.test(this.#peek())) this.#at++;
      else return this.#text.slice(start, this.#at);
      this.#skipComment();
    }
  }

  #quoted(): void {
    for (this.#at++; this.#peek() !== '"'; this.#at++) {
      if (this.#peek() === '') throw new AddressFault('unmatched doublequote in local part');
      if (this.#peek() === '\\') this.#at++;
    }
    this.#at++;
  }

  #domain(): void {
    if (this.#peek() === '[') return this.#literal();
    const [domain] = /^[a-z\d][a-z\d-]*(?:\.[a-z\d][a-z\d-]*)*/i.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += domain?.length ?? 0;
    if (domain === undefined || this.#peek() === '.') throw new AddressFault('domain missing or malformed');
  }

  #literal(): void {
    const [literal] = /^\[[^\]]*\]/.exec(this.#text.slice(this.#at)) ?? [];
    if (literal === undefined) throw new AddressFault('malformed domain literal');
    this.#at += literal.length;
  }

  #unexpected(): AddressFault {
    const rest = this.#text.slice(this.#at, this.#at + shownOfRest);
    return new AddressFault(`malformed address: ${rest} may not follow ${this.#text.slice(0, this.#at)}`);
  }

  #skip(): void {
    while (this.#peek() === ' ' || this.#peek() === '\t') this.#at++;
    if (this.#skipComment()) this.#skip();
  }

  #skipComment(): boolean {
    const end = this.#peek() === '(' ? this.#text.indexOf(')', this.#at) : -1;
    if (end < 0) return false;
    this.#at = end + 1;
    return true;
  }
}
