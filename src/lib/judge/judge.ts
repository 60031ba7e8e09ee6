/** A message as somebody else is asked about it. */
export interface Judged {
  readonly bytes: Buffer;
  readonly peer?: string;
  readonly helo?: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** What somebody else said of a message. */
export interface Judgement {
  /** Short words by which it can be found: `spf=fail`. */
  readonly verdicts: readonly string[];
  /** Why, in the words of whoever said it; text of any origin. */
  readonly detail: string;
}

/**
 * Somebody else who is asked about messages that have been kept. It throws when it cannot say anything now: then the
 * message is asked about again later. What it will never be able to say is a judgement too.
 */
export interface Judge {
  readonly name: JudgeName;
  judge(message: Judged, signal: AbortSignal): Promise<Judgement>;
}

export const judgeNames = ['spamd', 'rspamd', 'clamd', 'sender'] as const;
export type JudgeName = (typeof judgeNames)[number];

/** The other side answered, and not as its protocol says. */
export class Incomprehensible extends Error {
  override readonly name = 'Incomprehensible';
}
