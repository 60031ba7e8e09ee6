/** How Dovecot is told by which method a password is hashed. */
export const scheme = 'ARGON2ID';

/** A line of a passwd-file. What it leaves out has defaults in the configuration. */
export function userLine(name: string, hash: string): string {
  return `${name}:${hash}::::::\n`;
}
