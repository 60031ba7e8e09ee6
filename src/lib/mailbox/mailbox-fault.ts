/**
 * Why a mailbox cannot be used, by what it means for the next attempt: `credentials` are not tried again at once,
 * `throttled` waits as long as the server says, `refused` is an answer to one command, and everything else is a
 * connection that may be better next time.
 */
export type MailboxTrouble =
  'resolve' | 'connect' | 'tls' | 'timeout' | 'credentials' | 'throttled' | 'refused' | 'lost' | 'protocol';

export interface MailboxFaultDetails extends ErrorOptions {
  /** Before that time it is no use to try again. */
  readonly retryAfterMs?: number | undefined;
}

/** The message begins in lower case and has no full stop: it becomes part of a sentence. */
export class MailboxFault extends Error {
  override readonly name = 'MailboxFault';
  readonly kind: MailboxTrouble;
  readonly retryAfterMs: number | undefined;

  constructor(kind: MailboxTrouble, message: string, { retryAfterMs, ...options }: MailboxFaultDetails = {}) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}
