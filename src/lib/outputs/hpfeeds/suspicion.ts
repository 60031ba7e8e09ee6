import type { FeedFault, FeedFaultKind } from '../../hpfeeds/client/feed-fault.ts';
import type { Publication } from '../../hpfeeds/client/publication.ts';

/** So many times in a row the same has to fail in the same way; a broker that is killed fails as well. */
const enough = 3;

/** How a connection ends that has been sent something the broker cannot bear. It never says which message it was. */
const withoutCulprit: readonly FeedFaultKind[] = ['lost', 'ended', 'refused', 'wire'];

/** Whether what is sent is to blame for a broker that ends the connection, and not the broker. */
export class Suspicion {
  #group = '';
  #times = 0;

  /** Counts a failure. True when it is time to suspect the group. */
  falls({ kind }: FeedFault, group: readonly Publication[]): boolean {
    if (!withoutCulprit.includes(kind)) return false;
    const name = `${group.length} ${group[0]?.sha256} ${group.at(-1)?.sha256}`;
    this.#times = name === this.#group ? this.#times + 1 : 1;
    this.#group = name;
    return this.#times >= enough;
  }

  cleared(): void {
    this.#group = '';
    this.#times = 0;
  }
}
