import stringWidth from 'string-width';

// What a terminal may act on, or a reader may be fooled by, when it comes from a peer: C0 and C1 controls (ESC, and
// CSI/OSC/DCS as single bytes), DEL, line and paragraph separators, direction overrides and marks, zero-width and
// other invisible characters, variation selectors, tags, interlinear marks, and lone surrogates.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff]|\u{1d173}|[\u{1d174}-\u{1d17a}]|[\u{e0000}-\u{e0fff}]/u;
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
