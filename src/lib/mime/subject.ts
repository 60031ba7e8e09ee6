import { decodeText } from './charset.ts';
import { decodeWords } from './encoded-words.ts';

/** Further on no server looks for a field, and no sender puts one there who wants it seen. */
const farthest = 16 * 2 ** 10;
const longest = 1_000;
/** As much as fits a line of a log. */
const shown = 200;

const CR = 0x0d;
const LF = 0x0a;
const blanks: ReadonlySet<number> = new Set([0x20, 0x09]);

/**
 * The subject of a message, decoded, found without reading the rest: it is told with every message, so that it has to
 * cost next to nothing.
 */
export function subjectIn(beginning: readonly Buffer[]): string | undefined {
  const head = beginning.length === 1 ? beginning[0]!.subarray(0, farthest) : firstOf(beginning);
  const start = startOfValue(head);
  if (start === undefined) return undefined;
  const raw = decodeText(head.subarray(start, endOfField(head, start)), undefined);
  return decodeWords(raw.replaceAll(/\r?\n(?=[ \t])/g, '').trim()).slice(0, shown);
}

function startOfValue(head: Buffer): number | undefined {
  const end = endOfHeader(head);
  for (let at = 0; at < end;) {
    if (isSubject(head, at)) return at + 'subject:'.length;
    const lineEnd = head.indexOf(LF, at);
    if (lineEnd === -1) return undefined;
    at = lineEnd + 1;
  }
  return undefined;
}

// RFC 5322 gives no blank before the colon; senders that write one are not understood by servers either.
function isSubject(head: Buffer, at: number): boolean {
  const first = head[at];
  if (first !== 0x53 && first !== 0x73) return false;
  return head.toString('latin1', at, at + 'subject:'.length).toLowerCase() === 'subject:';
}

function endOfHeader(head: Buffer): number {
  const strict = head.indexOf('\r\n\r\n');
  const bare = head.indexOf('\n\n');
  const ends = [strict, bare].filter((end) => end !== -1);
  return ends.length === 0 ? head.length : Math.min(...ends);
}

function endOfField(head: Buffer, start: number): number {
  const most = Math.min(head.length, start + longest);
  for (let at = start; at < most;) {
    const lineEnd = head.indexOf(LF, at);
    if (lineEnd === -1 || lineEnd >= most) return most;
    if (!blanks.has(head[lineEnd + 1] ?? 0)) return head[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    at = lineEnd + 1;
  }
  return most;
}

function firstOf(pieces: readonly Buffer[]): Buffer {
  const wanted: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (length >= farthest) break;
    wanted.push(piece);
    length += piece.length;
  }
  return Buffer.concat(wanted).subarray(0, farthest);
}
