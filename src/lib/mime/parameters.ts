import { decodeText } from './charset.ts';
import { decodeWords } from './encoded-words.ts';

const longestField = 8192;
const pair = /;\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\[^])*)(?:"|$)|([^;]*))/g;

/** The parameter of a Content-Type or Content-Disposition as it is written: RFC 2045, and RFC 2231 with its pieces. */
export function parameter(field: string, name: string): string | undefined {
  const pieces = new Map<string, string>();
  for (const [, key = '', quoted, plain = ''] of field.slice(0, longestField).matchAll(pair)) {
    const value = quoted === undefined ? plain.trim() : quoted.replaceAll(/\\([^])/g, '$1');
    const lower = key.toLowerCase();
    if (!pieces.has(lower)) pieces.set(lower, value);
  }
  const extended = pieces.get(`${name}*`);
  if (extended !== undefined) return fromExtended(extended);
  return continued(pieces, name) ?? plainParameter(pieces.get(name));
}

/** Names of files are written as encoded words as well, which RFC 2047 forbids and everybody does. */
function plainParameter(value: string | undefined): string | undefined {
  return value === undefined ? undefined : decodeWords(decodeText(Buffer.from(value, 'latin1'), undefined));
}

const mostPieces = 100;

/** `name*0*=utf-8''…; name*1=…` */
function continued(pieces: ReadonlyMap<string, string>, name: string): string | undefined {
  const bytes: Buffer[] = [];
  let charset: string | undefined;
  for (let index = 0; index < mostPieces; index++) {
    const extended = pieces.get(`${name}*${index}*`);
    const piece = extended ?? pieces.get(`${name}*${index}`);
    if (piece === undefined) break;
    const [named, content] = index === 0 && extended !== undefined ? splitCharset(piece) : [undefined, piece];
    charset ??= named;
    bytes.push(extended === undefined ? Buffer.from(content, 'latin1') : unescaped(content));
  }
  return bytes.length === 0 ? undefined : decodeText(Buffer.concat(bytes), charset);
}

function fromExtended(value: string): string {
  const [charset, content] = splitCharset(value);
  return decodeText(unescaped(content), charset);
}

function splitCharset(value: string): readonly [charset: string | undefined, content: string] {
  const [charset, , ...rest] = value.split("'");
  return rest.length === 0 ? [undefined, value] : [charset || undefined, rest.join("'")];
}

function unescaped(content: string): Buffer {
  const text = content.replaceAll(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(text, 'latin1');
}
