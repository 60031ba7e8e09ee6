import type { Companion } from './cluster.ts';
import { rulesKey } from './rules-for-all.ts';
import type { Shelves } from './shelves.ts';

/** Takes up the rules that are published for all, whenever they are others than before. */
export class FollowRules implements Companion {
  readonly #take: (text: string) => void;
  #revision = 0;

  constructor(take: (text: string) => void) {
    this.#take = take;
  }

  async beat({ rules }: Shelves): Promise<void> {
    const kept = await rules.get(rulesKey);
    if (kept === undefined || kept.revision === this.#revision) return;
    this.#take(kept.value.text);
    this.#revision = kept.revision;
  }

  lost(): void {
    // What was in force stays in force.
  }
}
