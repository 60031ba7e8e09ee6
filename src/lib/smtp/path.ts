import type { PeerText } from '../capture/capture.ts';

/** A path as it followed `FROM:` or `TO:`: the address without its brackets, and the parameters behind it. */
export interface Path {
  readonly address: PeerText;
  readonly parameters: readonly PeerText[];
}

export type PathFault = 'missing' | 'malformed';

/**
 * Reads what follows `MAIL FROM:` or `RCPT TO:`. It takes what a real, lenient server takes (no brackets, a blank
 * before them, source routes, percent and bang paths, quoted strings, no domain): a trap that is stricter than the
 * server it plays both loses mail and gives itself away.
 */
export function parsePath(text: PeerText): Path | PathFault {
  const rest = text.trim();
  if (rest === '') return 'missing';
  const bracketed = rest.startsWith('<');
  const start = bracketed ? 1 : 0;
  const end = endOfAddress(rest, start, bracketed ? '>' : ' ');
  if (end === undefined) return 'malformed';
  const behind = rest.slice(bracketed ? end + 1 : end);
  if (behind !== '' && !/^[ \t]/.test(behind)) return 'malformed';
  return { address: rest.slice(start, end), parameters: behind.split(/[ \t]+/).filter((word) => word !== '') };
}

// Quotes and backslashes take the meaning from what they cover. Without brackets the end of the line ends an address.
function endOfAddress(text: string, start: number, terminator: '>' | ' '): number | undefined {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === terminator) return at;
    else if (character === ' ' || character === '\t' || character === '<') return undefined;
  }
  return terminator === ' ' && !quoted ? text.length : undefined;
}
