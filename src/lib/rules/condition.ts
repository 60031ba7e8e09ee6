import type { Inquiry } from './inquiry.ts';
import type { SeenSubject } from './seen-memory.ts';

/** Something that holds or does not hold at a moment of a session. Nothing a peer sends makes it throw. */
export interface Condition {
  /** What it asks for, in words. */
  readonly words: string;
  /** Whether it needs the message itself, and not only what is known of it. */
  readonly looksInside: boolean;
  /** Whose first visits it asks about. */
  readonly meets: readonly SeenSubject[];
  /** What was found where; undefined when it does not hold. */
  find(inquiry: Inquiry): string | undefined;
  /** Why it does not hold, asked only where it does not. */
  failure(inquiry: Inquiry): string;
}
