import { peerBytes } from './peer-text.ts';

// Values as Python writes them, in ASCII alone: what reads the headers of earlier systems reads these too, and no
// character can end a line or reach a terminal. What would grow longer than asked for ends with three dots.

/** `'text'`. Bytes that are no UTF-8 are lone surrogates to us and to Python. */
export function pythonText(text: string, most: number): string {
  const codes = Array.from(text.slice(0, most + 1), (character) => character.codePointAt(0) ?? 0);
  return quoted(codes, most);
}

/** `b'text'`, of the bytes that a peer sent. */
export function pythonBytes(text: string, most: number): string {
  return `b${quoted([...peerBytes(text.slice(0, most + 1))], most)}`;
}

function quoted(codes: readonly number[], most: number): string {
  const quote = codes.includes(0x27) && !codes.includes(0x22) ? '"' : "'";
  let body = '';
  for (const code of codes) {
    const next = escaped(code, quote);
    if (body.length + next.length > most) return `${quote}${body}...${quote}`;
    body += next;
  }
  return `${quote}${body}${quote}`;
}

const named = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

function escaped(code: number, quote: string): string {
  if (named.has(code)) return named.get(code)!;
  if (code === quote.charCodeAt(0)) return `\\${quote}`;
  if (code >= 0x20 && code < 0x7f) return String.fromCharCode(code);
  if (code < 0x100) return hex('\\x', code, 2);
  return code < 0x10000 ? hex('\\u', code, 4) : hex('\\U', code, 8);
}

function hex(prefix: string, code: number, length: number): string {
  return `${prefix}${code.toString(16).padStart(length, '0')}`;
}
