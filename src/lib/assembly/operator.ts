import { userInfo } from 'node:os';

/** Who decides; the story of a probe names them. */
export function operator(): string {
  // A user without an entry of its own, as containers have.
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
