import type { MailboxAccess } from '../mailbox/access.ts';
import type { MessageAction } from '../mailbox/session.ts';

/** One trap mailbox, and what is to be done with it. */
export interface Mailbox {
  /** As the operator calls it. */
  readonly name: string;
  /** Protocol, user and server: under this its messages are known in the journal. */
  readonly account: string;
  readonly access: MailboxAccess;
  /** Names, patterns with `*` and `%`, or a special use such as `\Junk`. */
  readonly folders: readonly string[];
  readonly which: 'unseen' | 'all';
  /** Only messages that arrived within so many milliseconds. */
  readonly within: number | undefined;
  /** What becomes of a message on its server once all who have to have it have it. */
  readonly action: MessageAction | { readonly kind: 'none' };
  /** Whether the server is asked to tell of new mail, or visited from time to time. */
  readonly watch: 'idle' | 'visit';
  /** How often everything is searched, whatever the server tells. */
  readonly everyMs: number;
  /** Connections that may be open to the account at once. */
  readonly connections: number;
  /** All that the operator said of it: when this changes, the mailbox is taken up anew. */
  readonly settings: string;
}
