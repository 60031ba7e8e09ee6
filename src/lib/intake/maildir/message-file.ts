/** What tells a message from all others, whatever flags it has and wherever it is moved: the name up to its info. */
export function uniqueOf(name: string): string {
  const at = name.indexOf(':');
  return at < 0 ? name : name.slice(0, at);
}

/** Maildir's letters, as they stand in the name. */
export function flagsOf(name: string): readonly string[] {
  const at = name.indexOf(':2,');
  return at < 0 ? [] : Array.from(name.slice(at + 3));
}

/** Names that begin with a dot are no messages: Maildir says so, and NFS calls files so that are gone and still open. */
export function isMessageName(name: string): boolean {
  return !name.startsWith('.');
}
