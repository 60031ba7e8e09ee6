import type { CommandSeen } from '../capture/capture.ts';

/** What was said in a session, as far as it is known. All of it is JSON. */
export interface Dialogue {
  readonly session: string;
  readonly peer: string;
  readonly open: boolean;
  readonly lines: readonly DialogueLine[];
}

export interface DialogueLine {
  /** Milliseconds since the beginning. */
  readonly after: number;
  readonly by: 'peer' | 'us';
  /** Ours may have several lines. */
  readonly text: string;
}

const mostReplies = 200;
const longestReply = 2_000;

/** Our side of a session, from the moment on when somebody looks at it: nobody pays for what nobody watches. */
export class Overheard {
  readonly #replies: DialogueLine[] = [];

  reply(after: number, text: string): void {
    if (this.#replies.length >= mostReplies) this.#replies.shift();
    this.#replies.push({ after, by: 'us', text: text.slice(0, longestReply).trimEnd() });
  }

  /** Both sides in the order in which they spoke. */
  with(commands: readonly CommandSeen[]): readonly DialogueLine[] {
    return [...linesOf(commands), ...this.#replies].sort((one, other) => one.after - other.after);
  }
}

export function linesOf(commands: readonly CommandSeen[]): readonly DialogueLine[] {
  return commands.map(([after, text]) => ({ after, by: 'peer', text }));
}

const mostRemembered = 200;

/** What the last sessions said, for a while after their end. */
export class RecentDialogues {
  readonly #sessions = new Map<string, () => Dialogue>();

  add(session: string, dialogue: () => Dialogue): void {
    this.#sessions.set(session, dialogue);
    if (this.#sessions.size <= mostRemembered) return;
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest);
      return;
    }
  }

  find(session: string): Dialogue | undefined {
    return this.#sessions.get(session)?.();
  }
}
