import { foldCase } from '../text/fold-case.ts';
import type { Pattern } from './query.ts';
import type { Written } from './terms.ts';

/** What is meant where a text is searched: the word is somewhere in it, unless `=` or an asterisk say otherwise. */
export function wordsPattern(written: Written): Pattern {
  return patternOf(written, 'inside');
}

/** What is meant where something has a name: the whole of it. */
export function namePattern(written: Written): Pattern {
  return patternOf(written, 'whole');
}

export function beginningPattern(written: Written): Pattern {
  return patternOf(written, 'beginning');
}

function patternOf({ text, quoted }: Written, is: 'inside' | 'whole' | 'beginning'): Pattern {
  if (text === '' || text === '<>') return { is: 'whole', text: '' };
  if (quoted) return { is, text: foldCase(text) };
  if (text.startsWith('=') && text.length > 1) return { is: 'whole', text: foldCase(text.slice(1)) };
  return text.includes('*') ? { is: 'pieces', pieces: foldCase(text).split(/\*+/) } : { is, text: foldCase(text) };
}

/** Whether a text, in folded case, is what the pattern means. Pieces are looked for from left to right, once. */
export function fits(pattern: Pattern, folded: string): boolean {
  switch (pattern.is) {
    case 'inside':
      return folded.includes(pattern.text);
    case 'whole':
      return folded === pattern.text;
    case 'beginning':
      return folded.startsWith(pattern.text);
    case 'pieces':
      return hasPieces(pattern.pieces, folded);
  }
}

function hasPieces(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
