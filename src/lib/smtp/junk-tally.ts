import type { Manners } from './persona.ts';

/** What is thought of one more command that brings no mail: borne, held against the peer, or the last. */
export type JunkVerdict = 'borne' | 'refusal' | 'last';

/** Counts commands that bring no mail, from one message to the next; only such are to be judged. */
export class JunkTally {
  readonly #rule: NonNullable<Manners['junk']>;
  readonly #limit: number;
  #free: readonly (readonly string[])[];
  #count = 0;

  constructor(rule: NonNullable<Manners['junk']>, limit: number | undefined) {
    this.#rule = rule;
    this.#limit = limit ?? rule.limit;
    this.#free = rule.onceFree ?? [];
  }

  judge(verb: string): JunkVerdict {
    const free = this.#free.find((group) => group.includes(verb));
    if (free) {
      this.#free = this.#free.filter((group) => group !== free);
      return 'borne';
    }
    if (++this.#count <= this.#limit) return 'borne';
    return this.#rule.last === undefined ? 'refusal' : 'last';
  }

  /** There was a message. */
  forgive(): void {
    this.#count = 0;
    this.#free = this.#rule.onceFree ?? [];
  }
}
