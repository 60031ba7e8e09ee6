import type { UnavailableWhy } from './unavailable.ts';

/** What the journal has to tell. The words are those of the event union, to which each of these belongs. */
export type JournalNotice =
  | { readonly event: 'journal.recovered'; readonly segment: number; readonly cutBytes: number }
  | { readonly event: 'journal.refusing'; readonly why: UnavailableWhy; readonly detail: string }
  | { readonly event: 'journal.resumed' }
  | { readonly event: 'journal.rotated'; readonly segment: number }
  | { readonly event: 'journal.removed'; readonly segment: number; readonly bytes: number }
  | { readonly event: 'journal.untidy'; readonly detail: string };

export type Notify = (notice: JournalNotice) => void;
