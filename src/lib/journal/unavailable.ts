import { errno, Fault, reason } from '../errors.ts';

export type UnavailableWhy = 'full' | 'failed' | 'busy' | 'closed';

const fixes: Record<UnavailableWhy, string> = {
  full: 'Make room on the disk, or lower journal.diskFloor or raise journal.maxSize; it goes on by itself.',
  failed: 'Look at the disk and the system log; a new segment is tried with the next message.',
  busy: 'The disk is slower than the senders; if it stays so, look at the disk or raise journal.maxPending.',
  closed: 'The sensor is stopping; the sender will try again.',
};

/** The journal did not keep a message, so nobody may acknowledge it. Intakes answer with a temporary refusal. */
export class JournalUnavailable extends Fault {
  readonly why: UnavailableWhy;

  constructor(why: UnavailableWhy, message: string, cause?: unknown) {
    super(message, { code: `journal.${why}`, fix: fixes[why], cause });
    this.why = why;
  }
}

/** What a failed write or sync means for whoever waits for it. */
export function unavailable(error: unknown): JournalUnavailable {
  if (error instanceof JournalUnavailable) return error;
  const why = noRoom.includes(errno(error) ?? '') ? 'full' : 'failed';
  return new JournalUnavailable(why, `The journal cannot keep the message: ${reason(error)}.`, error);
}

const noRoom = ['ENOSPC', 'EDQUOT', 'EFBIG'];
