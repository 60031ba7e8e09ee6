/** What happened to the messages of one mailbox in one run. */
export interface Figures {
  /** On the server, wanted, and not collected before. */
  found: number;
  /** Safe in the journal. */
  kept: number;
  /** Known by their content from before the server numbered its messages anew. */
  again: number;
  /** All who have to have it have it. */
  handedOver: number;
  /** Marked, moved or deleted, where that was asked for. */
  acted: number;
  /** Larger than the limit, withheld by the server, or refused by an output: left on the server as they are. */
  left: number;
  /** Gone from the server between the search and the fetch. */
  vanished: number;
  bytes: number;
}

export function noFigures(): Figures {
  return { found: 0, kept: 0, again: 0, handedOver: 0, acted: 0, left: 0, vanished: 0, bytes: 0 };
}

export function sumOf(all: readonly Readonly<Figures>[]): Figures {
  const sum = noFigures();
  for (const figures of all) {
    for (const key of Object.keys(sum) as (keyof Figures)[]) sum[key] += figures[key];
  }
  return sum;
}
