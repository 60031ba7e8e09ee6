import { decodeText } from './charset.ts';
import { fromBase64 } from './transfer-encoding.ts';

const word = /=\?([^?\s]{1,60})\?([bq])\?([^?\r\n]*)\?=/gi;

interface Run {
  readonly charset: string;
  readonly pieces: Buffer[];
}

/** RFC 2047, leniently: blanks within a word, a language behind the charset, letters cut in two between words. */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  const shown: string[] = [];
  let run: Run | undefined;
  let done = 0;
  for (const { index, 0: whole, 1: named, 2: way, 3: content } of text.matchAll(word)) {
    const between = text.slice(done, index);
    const charset = named!.split('*')[0]!.toLowerCase();
    const bytes = way!.toLowerCase() === 'b' ? fromBase64(content!) : fromQ(content!);
    // Blanks between two encoded words are not part of the text.
    const isAdjacent = run !== undefined && between.trim() === '';
    if (run && isAdjacent && run.charset === charset) run.pieces.push(bytes);
    else {
      if (run) shown.push(textOf(run));
      if (!isAdjacent) shown.push(between);
      run = { charset, pieces: [bytes] };
    }
    done = index + whole.length;
  }
  if (run) shown.push(textOf(run));
  shown.push(text.slice(done));
  return shown.join('');
}

function textOf({ charset, pieces }: Run): string {
  return decodeText(Buffer.concat(pieces), charset);
}

function fromQ(content: string): Buffer {
  const text = content
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}
