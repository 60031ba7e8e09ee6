import { errno, Fault, reason } from '../errors.ts';
import { MailboxElsewhere } from './finished.ts';
import { JournalUnavailable } from '../journal/unavailable.ts';
import { MailboxFault, type MailboxTrouble } from '../mailbox/mailbox-fault.ts';

/** Why collecting stopped: something with the server, or no room for what comes. */
export interface Trouble {
  readonly why: MailboxTrouble | 'storage' | 'elsewhere';
  readonly detail: string;
  readonly retryAfterMs: number | undefined;
}

const noRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS', 'EMFILE', 'ENFILE']);

/** What went wrong, in words; anything that is nobody's trouble but ours is thrown again. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof MailboxFault) {
    return { why: error.kind, detail: error.message, retryAfterMs: error.retryAfterMs };
  }
  if (error instanceof MailboxElsewhere) return { why: 'elsewhere', detail: error.message, retryAfterMs: undefined };
  const code = errno(error) ?? '';
  if (error instanceof JournalUnavailable || noRoom.has(code) || code === 'ERR_SQLITE_ERROR') {
    return { why: 'storage', detail: `what comes cannot be kept: ${reason(error)}`, retryAfterMs: undefined };
  }
  // A secret that is not to be had now may be had later.
  if (error instanceof Fault) return { why: 'credentials', detail: reason(error), retryAfterMs: undefined };
  if (error instanceof Error && error.name === 'AbortError')
    return { why: 'lost', detail: 'interrupted', retryAfterMs: undefined };
  throw error;
}
