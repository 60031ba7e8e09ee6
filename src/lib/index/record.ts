import type { CaptureFacts, SessionFacts } from '../capture/capture.ts';
import type { Contents } from '../mime/contents.ts';
import type { Fingerprint } from '../likeness/fingerprint.ts';

/** Where the journal goes on, in its own terms. */
export interface JournalPlace {
  readonly segment: number;
  readonly offset: number;
  readonly mark: string;
}

/** What was found in a message, as far as it can be sent between threads and kept. */
export type Described = Omit<Contents, 'html' | 'gaps'> & { readonly print: Fingerprint | undefined };

/** What the index takes of one message. */
export interface MessageRecord {
  readonly kind: 'message' | 'evidence';
  readonly facts: CaptureFacts;
  /** Absent where a rule let only the evidence be kept, or where it could not be taken apart. */
  readonly contents?: Described;
  /** Why there is more in the message than the index knows; empty when there is not. */
  readonly gap: string;
}

export interface SessionRecord {
  readonly kind: 'session';
  readonly id: string;
  readonly session: SessionFacts;
}

export type IndexRecord = MessageRecord | SessionRecord;

/** Where peers are, as far as somebody brought files that say so. */
export interface Place {
  readonly country?: string | undefined;
  readonly network?: string | undefined;
}
