import type { MailboxAccess } from './access.ts';

/** Logs in. Throws a MailboxFault that says which step failed. */
export type OpenMailbox = (access: MailboxAccess, signal: AbortSignal) => Promise<MailboxSession>;

/** What the server can do beyond what its protocol demands. */
export interface Features {
  /** Whether it says by itself that something came. */
  readonly push: boolean;
  /** Whether what is done to messages is confirmed only by the end of the session (POP3). */
  readonly actsAtEnd: boolean;
  readonly actions: readonly MessageAction['kind'][];
  /** Why an action that is missing above cannot be had, in words. */
  readonly lacks: Readonly<Partial<Record<MessageAction['kind'], string>>>;
  /** What it says of itself: capabilities, as it wrote them. */
  readonly capabilities: readonly string[];
}

export interface RemoteFolder {
  /** In Unicode, with the server's own separators. */
  readonly name: string;
  /** `\Junk`, `\Trash`, … as the server marks it. */
  readonly specialUse: string | undefined;
  /** Whether it can hold messages at all. */
  readonly selectable: boolean;
}

/** What is done to a message on its server once it is safe with us. */
export type MessageAction =
  | { readonly kind: 'seen' }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'move'; readonly to: string }
  | { readonly kind: 'delete' };

/** One connection that is logged in. One thing is done on it at a time; after a fault it is of no more use. */
export interface MailboxSession {
  readonly features: Features;
  /** Where the server is, as the connection has it. */
  readonly peer: { readonly address: string; readonly port: number };
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
  /** False once the connection has ended, from either side. */
  readonly usable: boolean;
  folders(): Promise<readonly RemoteFolder[]>;
  /** For `reading` nothing on the server can be changed, not even by mistake. */
  open(folder: string, use: 'reading' | 'acting'): Promise<OpenFolder>;
  /** Says goodbye, as far as the server listens. */
  close(): Promise<void>;
  /** Ends the connection at once. */
  abandon(): void;
}

/** Which messages are wanted. */
export interface Wanted {
  readonly which: 'unseen' | 'all';
  /** Only those that arrived at that time or later, to the day. */
  readonly since?: Date | undefined;
}

/** What came for a uid that was asked for. */
export interface Fetched {
  readonly uid: string;
  readonly content: FetchedContent;
  /** In bytes, as the server claims. */
  readonly size: number | undefined;
  /** ISO 8601, UTC. */
  readonly arrivedAt?: string | undefined;
  readonly flags?: readonly string[] | undefined;
}

export type FetchedContent =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Larger than what was to be held at once: see OpenFolder.stream. */
  | { readonly kind: 'larger' }
  /** The server named the message, and kept its content. */
  | { readonly kind: 'withheld' };

/** A folder that is open. Messages are only ever named by uid, never by number. */
export interface OpenFolder {
  readonly name: string;
  /** Changes when the server numbers its messages anew; undefined where it makes no such promise. */
  readonly uidValidity: string | undefined;
  /** Messages in it, as the server last said. */
  readonly messages: number;
  find(wanted: Wanted): Promise<readonly string[]>;
  /**
   * The messages, in no promised order; of those with more than `most` bytes only what is known of them. What is gone
   * does not come. No other command may be given before the end; a loop that is left early lets the rest pass by.
   */
  read(uids: readonly string[], most: number): AsyncIterable<Fetched>;
  /** One message in pieces, for those that are too large to be held. Ends without a piece when it is gone. */
  stream(uid: string): AsyncIterable<Buffer>;
  /** Resolves once the server has confirmed it for all of them. A POP3 server confirms by ending the session. */
  act(uids: readonly string[], action: MessageAction): Promise<void>;
  /** Resolves when there may be something new, or at the signal. */
  waitForNews(signal: AbortSignal): Promise<void>;
}
