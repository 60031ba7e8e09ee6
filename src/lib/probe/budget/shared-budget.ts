import { reason } from '../../errors.ts';
import { isConflict, type Bucket } from '../../nats/bucket.ts';
import { grant } from './grant.ts';
import { day, hour, type Attempt, type Limits } from './limits.ts';
import type { Books } from './weigh.ts';
import { describeExcess } from './words.ts';

/** What all sensors together have attempted. */
export type SharedBooks = Books;

/** Who takes care that several sensors do not send as much each as they may together. */
export interface Allowance {
  /** Counts the attempts for all; resolves with why they may not be made. On any doubt they may not. */
  take(attempts: readonly Attempt[]): Promise<string | undefined>;
}

/** For a sensor that is on its own. */
export const nobodyToAsk: Allowance = { take: async () => undefined };

export const booksKey = 'books';

// Longer than any window, so that what is forgotten counts for nothing any more.
const remembered = day + hour;
/** Each time another sensor was faster. */
const attemptsToWrite = 20;
/** Well below what a server takes in one message. */
const longest = 700_000;

/** The budget of all, in one place that is only changed by those who know how it stands. */
export class SharedBudget implements Allowance {
  readonly #open: () => Promise<Bucket<SharedBooks>>;
  readonly #limits: Limits;

  /** `open` is asked each time: whoever cannot be reached now may be later. */
  constructor(open: () => Promise<Bucket<SharedBooks>>, limits: Limits) {
    this.#open = open;
    this.#limits = limits;
  }

  async take(attempts: readonly Attempt[]): Promise<string | undefined> {
    try {
      return await this.#take(attempts);
    } catch (error) {
      return `the budget of all sensors cannot be asked: ${reason(error)}`;
    }
  }

  async #take(wanted: readonly Attempt[]): Promise<string | undefined> {
    const bucket = await this.#open();
    // The clock of the servers is the same for all; one that is ahead would find yesterday's budget free.
    const now = await bucket.now();
    const attempts = wanted.map((attempt) => ({ ...attempt, at: now }));
    for (let attempt = 1; attempt <= attemptsToWrite; attempt++) {
      const kept = await bucket.get(booksKey);
      if (kept === undefined)
        return 'there is no budget of all sensors: begin one with "spamtrap cluster budget begin"';
      const { over } = grant(this.#limits, kept.value, attempts);
      const [first] = over.values();
      if (first) return `of all sensors ${describeExcess(first)}`;
      const young = kept.value.attempts.filter(({ at }) => at > now - remembered);
      const books = { ...kept.value, attempts: [...young, ...attempts] };
      if (JSON.stringify(books).length > longest) return 'the budget of all sensors has no room to write down more';
      try {
        await bucket.update(booksKey, books, kept.revision);
        return undefined;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    return 'the budget of all sensors is asked for by too many at once';
  }
}
