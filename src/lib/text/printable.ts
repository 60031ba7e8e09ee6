import stringWidth from 'string-width';

// What a terminal may act on, or a reader may be fooled by, when it comes from a peer.
const unsafeRanges: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f], // C0 controls
  [0x7f, 0x9f], // DEL and C1: CSI, OSC and DCS as single bytes
  [0xad, 0xad], // soft hyphen
  [0x34f, 0x34f], // invisible joiner
  [0x61c, 0x61c], // direction marks
  [0x115f, 0x1160], // fillers that look like nothing
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f], // zero width
  [0x2028, 0x202e], // line separators, direction overrides
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff], // lone surrogates, and with them bytes that are no UTF-8
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb], // interlinear marks
  [0xfffe, 0xffff],
  [0x1d173, 0x1d17a], // musical controls
  [0xe0000, 0xe0fff], // tags
];
const unsafeClass = unsafeRanges.map((range) => range.map((code) => `\\u{${code.toString(16)}}`).join('-')).join('');
const unsafe = new RegExp(`[${unsafeClass}]`, 'u');
const unsafeEverywhere = new RegExp(unsafe.source, 'gu');

const plain = /^[ -~]*$/;

// A letter may carry a few combining marks; a hundred of them climb over the lines above.
const markFlood = /(\p{M}{4})\p{M}+/gu;

/** Peer text made safe for a terminal and for a human log line: every unsafe character is shown as an escape. */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  const shown = unsafe.test(text) ? text.replace(unsafeEverywhere, escape) : text;
  return shown.replace(markFlood, '$1…');
}

/** Peer text made safe and cut to so many terminal columns. */
export function printableWithin(text: string, columns: number): string {
  // A character takes at most two columns and an escape at most eight: what lies beyond can never be shown.
  const shown = printable(text.length > columns * 8 ? text.slice(0, columns * 8) : text);
  if (shown.length <= columns && stringWidth(shown) <= columns) return shown;
  let width = 0;
  let kept = '';
  for (const { segment } of graphemes(shown)) {
    const next = width + stringWidth(segment);
    if (next > columns - 1) break;
    kept += segment;
    width = next;
  }
  return kept === shown ? kept : `${kept}…`;
}

// Making one takes longer than many a command that never cuts a text.
let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // peerText() keeps bytes that are not UTF-8 as U+DC80…U+DCFF; people know them as bytes.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code < 0x100) return named.get(code) ?? `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

const named = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x1b, '\\e'],
]);
