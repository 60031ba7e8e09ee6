/** Maildir's letters: draft, flagged, passed, replied, seen, trashed. */
export type Flag = 'D' | 'F' | 'P' | 'R' | 'S' | 'T';

const info = ':2,';

/** The name that the message has with the flag too; whoever carries flags belongs into `cur`. */
export function withFlag(name: string, flag: Flag): string {
  const at = name.indexOf(':');
  const base = at < 0 ? name : name.slice(0, at);
  const others = name.startsWith(info, at) ? name.slice(at + info.length) : '';
  // Letters stand in the order of ASCII; small ones are keywords of Dovecot's.
  return `${base}${info}${[...new Set([...Array.from(others), flag])].sort().join('')}`;
}
