import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

// Making one is slow, and spam of one campaign has one charset. Names are a peer's: no more are kept than there are.
const decoders = new Map<string, TextDecoder | undefined>();
const mostDecoders = 100;

/** Text in a charset that a peer names. Without a name it is UTF-8 where it can be; else each byte is a letter. */
export function decodeText(bytes: Buffer, charset: string | undefined): string {
  if (charset === undefined || isGuess(charset)) return isUtf8(bytes) ? bytes.toString('utf8') : latin1(bytes);
  const decoder = decoderFor(charset);
  return decoder ? decoder.decode(bytes) : latin1(bytes);
}

/** What mail programs write when they do not know better: the bytes are to be believed, not the name. */
function isGuess(charset: string): boolean {
  return /^(?:us-ascii|ascii|utf-?8|unknown-8bit|)$/i.test(charset);
}

function latin1(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : decoderFor('windows-1252')!.decode(bytes);
}

function decoderFor(charset: string): TextDecoder | undefined {
  const name = charset.toLowerCase().slice(0, 40);
  if (decoders.has(name)) return decoders.get(name);
  if (decoders.size >= mostDecoders) decoders.clear();
  const decoder = newDecoder(aliases.get(name) ?? name);
  decoders.set(name, decoder);
  return decoder;
}

function newDecoder(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

// Names in mail that the standard of the web does not know.
const aliases = new Map([
  ['koi8r', 'koi8-r'],
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ...[1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((page) => [`win-${page}`, `windows-${page}`] as const),
]);
