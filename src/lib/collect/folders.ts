import type { RemoteFolder } from '../mailbox/session.ts';

export interface ChosenFolders {
  readonly chosen: readonly string[];
  /** Wishes that nothing on the server fits. */
  readonly missing: readonly string[];
}

/** The folders of a server that an operator means: by name, by pattern, or by what the server says they are for. */
export function chooseFolders(wishes: readonly string[], remote: readonly RemoteFolder[]): ChosenFolders {
  const selectable = remote.filter((folder) => folder.selectable);
  const chosen = new Set<string>();
  const missing: string[] = [];
  for (const wish of wishes) {
    const fitting = selectable.filter((folder) => fits(wish, folder));
    if (fitting.length === 0) missing.push(wish);
    for (const { name } of fitting) chosen.add(name);
  }
  return { chosen: [...chosen], missing };
}

function fits(wish: string, { name, specialUse }: RemoteFolder): boolean {
  if (wish.startsWith('\\')) return specialUse?.toLowerCase() === wish.toLowerCase();
  // INBOX is the one name that is written as one likes (RFC 3501).
  if (wish.toUpperCase() === 'INBOX') return name.toUpperCase() === 'INBOX';
  return matches(wish, name);
}

/** `*` and `%` as in LIST, but that a folder's separator is not known here: both stand for anything. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split(/[*%]/);
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === pattern;
  const last = rest.pop()!;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
