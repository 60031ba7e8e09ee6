import type { PeerText } from '../capture/capture.ts';

/** A path as it followed `FROM:` or `TO:`: the address without its brackets, and the parameters behind it. */
export interface Path {
  readonly address: PeerText;
  readonly parameters: readonly PeerText[];
}

export type PathFault = 'missing' | 'malformed';

/** Far beyond what RFC 5321 allows, and as much as Postfix has room for. */
const longestAddress = 2048;

/** What nearly all clients send. */
const plainPath = /^<([\w.+=-]{1,64}@[a-z\d.-]{1,255})>$/i;

/**
 * Reads what follows `MAIL FROM:` or `RCPT TO:`, and takes what Postfix takes: no brackets or two of them, blanks
 * around them and inside, source routes, percent and bang paths, quoted strings, comments, no domain.
 */
export function parsePath(text: PeerText): Path | PathFault {
  const [, plain] = plainPath.exec(text) ?? [];
  if (plain !== undefined) return { address: plain, parameters: [] };
  const rest = text.trim();
  if (rest === '') return 'missing';
  const end = endOfFirstWord(rest);
  const address = end === undefined ? undefined : addressIn(rest.slice(0, end));
  if (address === undefined) return 'malformed';
  const parameters = rest
    .slice(end)
    .split(/[ \t\r\v\f]+/)
    .filter((word) => word !== '');
  return { address, parameters };
}

// Quotes, backslashes and brackets take the meaning from the blanks that they cover.
function endOfFirstWord(text: string): number | undefined {
  let quoted = false;
  let bracketed = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '<') bracketed = true;
    else if (character === '>') bracketed = false;
    else if (!bracketed && /[ \t\r\v\f]/.test(character)) return at;
  }
  return quoted || bracketed ? undefined : text.length;
}

function addressIn(word: string): PeerText | undefined {
  let start = word.startsWith('(') ? word.indexOf(')') + 1 : 0;
  let end = word.length;
  while (word[start] === '<') start++;
  while (end > start && word[end - 1] === '>') end--;
  const address = word.slice(start, end).trim();
  return address.length <= longestAddress && isInOnePiece(address) ? address : undefined;
}

// A source route, `@one,@two:user@domain`, may have commas; nothing else may have what separates addresses.
function isInOnePiece(address: string): boolean {
  const route = address.startsWith('@') ? address.indexOf(':') + 1 : 0;
  let quoted = false;
  for (let at = route; at < address.length; at++) {
    const character = address[at]!;
    if (character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && /[\s<>,;]/.test(character)) return false;
  }
  return true;
}
