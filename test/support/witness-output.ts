import type { Capture } from '../../src/lib/capture/capture.ts';
import type { Id } from '../../src/lib/capture/id.ts';
import { idOf } from '../../src/lib/outputs/batch.ts';
import type { Outcome, StateKeeper, Witness, WitnessedEntry } from '../../src/lib/outputs/output.ts';
import { MemoryOutput } from './memory-output.ts';

/** Remembers everything that the journal has, in the order in which it came. */
export class WitnessOutput extends MemoryOutput implements Witness {
  readonly seen: string[] = [];
  beforeWitness: (entries: readonly WitnessedEntry[]) => void = () => undefined;

  override async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    const outcomes = await super.deliver(batch);
    this.seen.push(...batch.map(({ facts }) => `capture ${facts.id}`));
    return outcomes;
  }

  async witness(entries: readonly WitnessedEntry[]): Promise<void> {
    this.beforeWitness(entries);
    this.seen.push(...entries.map((entry) => `${entry.kind} ${idOf(entry)}`));
  }
}

/** Has a state of its own that reaches as far as the test says. */
export class StateOutput extends WitnessOutput implements StateKeeper {
  readonly #upTo: Id | undefined;

  constructor(upTo: Id | undefined) {
    super();
    this.#upTo = upTo;
  }

  async recall(): Promise<Id | undefined> {
    return this.#upTo;
  }
}
