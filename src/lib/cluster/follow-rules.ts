import { reason } from '../errors.ts';
import type { Companion } from './cluster.ts';
import { rulesKey } from './rules-for-all.ts';
import type { Shelves } from './shelves.ts';

/** Takes up the rules that are published for all, whenever they are others than before. */
export class FollowRules implements Companion {
  readonly #take: (text: string) => void;
  readonly #refused: (detail: string) => void;
  #revision = 0;
  #fault: string | undefined;

  constructor(take: (text: string) => void, refused: (detail: string) => void) {
    this.#take = take;
    this.#refused = refused;
  }

  async beat({ rules }: Shelves): Promise<void> {
    const kept = await rules.get(rulesKey);
    if (kept === undefined || kept.revision === this.#revision) return;
    try {
      this.#take(kept.value.text);
    } catch (error) {
      // A disk may be full. It is tried again with each sign of life, and said once.
      if (this.#fault !== reason(error)) this.#refused(reason(error));
      this.#fault = reason(error);
      return;
    }
    this.#fault = undefined;
    this.#revision = kept.revision;
  }

  lost(): void {
    // What was in force stays in force.
  }
}
