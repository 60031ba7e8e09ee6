import type { Link } from './link.ts';
import type { Publication } from './publication.ts';

/** How a batch becomes known to have arrived, on one link. */
export interface Handover {
  /** For people: by which means. */
  readonly by: 'socket' | 'echo' | 'end' | 'receipts';
  /** Whether the link can take another batch after one. */
  readonly keeps: boolean;
  /** Gets ready on a link that has just been opened. */
  begin(link: Link): void;
  /** Resolves when the batch is handed over. An empty one shows that the broker is there and listens. */
  hand(link: Link, batch: readonly Publication[], signal: AbortSignal): Promise<void>;
}

/** Rejects with the reason when the link ends first. */
export function whileUp<Result>(link: Link, awaited: Promise<Result>): Promise<Result> {
  return Promise.race([awaited, link.ended.then((fault) => Promise.reject(fault))]);
}
