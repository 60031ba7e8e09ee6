import { decodeText } from './charset.ts';
import { decodeWords } from './encoded-words.ts';
import { parameter } from './parameters.ts';

export const mostFields = 1000;
const longestValue = 32_768;
const colon = 0x3a;
const lineFeed = 0x0a;

export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

interface RawField {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The lines above the first empty one, or above the first that can be no header, read as leniently as readers of mail do. */
export class HeaderSection {
  /** Where what follows begins. */
  readonly end: number;
  readonly #raw: readonly RawField[];
  readonly #decoded = new Map<RawField, string>();
  #charset: { readonly name: string | undefined } | undefined;

  constructor(bytes: Buffer, start = 0) {
    const { fields, end } = fieldsIn(bytes, start);
    this.#raw = fields;
    this.end = end;
  }

  /** The decoded values of all fields of that name, in lower case. */
  all(name: string): readonly string[] {
    return this.#raw.filter((field) => field.name === name).map((field) => this.#value(field));
  }

  first(name: string): string | undefined {
    const field = this.#raw.find((field) => field.name === name);
    return field && this.#value(field);
  }

  /** The first of that name as it is written, each byte a character, unfolded. */
  raw(name: string): string | undefined {
    const field = this.#raw.find((field) => field.name === name);
    return field && unfold(field.bytes.toString('latin1'));
  }

  get fields(): readonly HeaderField[] {
    return this.#raw.map((field) => ({ name: field.name, value: this.#value(field) }));
  }

  #value(field: RawField): string {
    let value = this.#decoded.get(field);
    if (value === undefined) {
      value = decodeWords(unfold(decodeText(field.bytes, this.#bodyCharset()))).trim();
      this.#decoded.set(field, value);
    }
    return value;
  }

  // Who writes bytes where only ASCII may be mostly means the charset of the text below.
  #bodyCharset(): string | undefined {
    this.#charset ??= { name: parameter(this.raw('content-type') ?? '', 'charset') };
    return this.#charset.name;
  }
}

function unfold(text: string): string {
  return text.replaceAll(/\r?\n[ \t]?/g, ' ');
}

function fieldsIn(bytes: Buffer, start: number): { readonly fields: readonly RawField[]; readonly end: number } {
  const fields: RawField[] = [];
  let at = afterMboxLine(bytes, start);
  while (at < bytes.length) {
    const next = lineEnd(bytes, at);
    if (isEmptyLine(bytes, at, next)) return { fields, end: next };
    const nameEnd = nameLength(bytes, at, next);
    if (nameEnd === undefined) return { fields, end: at };
    const end = foldedEnd(bytes, next);
    if (fields.length < mostFields) fields.push(fieldFrom(bytes, { at, nameEnd, end }));
    at = end;
  }
  return { fields, end: bytes.length };
}

function fieldFrom(bytes: Buffer, { at, nameEnd, end }: { at: number; nameEnd: number; end: number }): RawField {
  const name = bytes.toString('latin1', at, nameEnd).trimEnd().toLowerCase();
  return { name, bytes: bytes.subarray(nameEnd + 1, Math.min(end, nameEnd + 1 + longestValue)) };
}

function afterMboxLine(bytes: Buffer, start: number): number {
  return bytes.toString('latin1', start, start + 5) === 'From ' ? lineEnd(bytes, start) : start;
}

function lineEnd(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(lineFeed, at);
  return end < 0 ? bytes.length : end + 1;
}

function isEmptyLine(bytes: Buffer, at: number, next: number): boolean {
  return next - at === 1 ? bytes[at] === lineFeed : next - at === 2 && bytes[at] === 0x0d && bytes[at + 1] === lineFeed;
}

// Longer names than this are lines of text with a colon in them.
const longestName = 200;

/** Where the colon is; undefined when the line is no header field. */
function nameLength(bytes: Buffer, at: number, next: number): number | undefined {
  const last = Math.min(next, at + longestName);
  let index = at;
  while (index < last && bytes[index]! > 0x20 && bytes[index] !== colon && bytes[index]! < 0x7f) index++;
  const nameEnd = index;
  while (index < last && (bytes[index] === 0x20 || bytes[index] === 0x09)) index++;
  return nameEnd > at && bytes[index] === colon && index < last ? index : undefined;
}

/** The end of the last line that continues the field: those that begin with a blank. */
function foldedEnd(bytes: Buffer, next: number): number {
  let end = next;
  while (end < bytes.length && (bytes[end] === 0x20 || bytes[end] === 0x09)) end = lineEnd(bytes, end);
  return end;
}
