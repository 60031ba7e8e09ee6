import type { Id } from '../capture/id.ts';

/** What an output has been through: everything from one id to another is delivered, but for what it refused. */
export interface Heard {
  readonly output: string;
  readonly since: Id;
  readonly upTo: Id;
  readonly refused: readonly Id[];
}

export interface Range {
  readonly since: Id;
  readonly upTo: Id;
}

const everything: Range = { since: '', upTo: '~' };

/** What all outputs have that have to have a message before it may be touched on its server. */
export class Handovers {
  readonly #outputs: readonly string[];
  readonly #ranges = new Map<string, Range>();
  readonly #refused = new Map<Id, string>();
  #listener: (heard: Pick<Heard, 'output' | 'refused'>) => void = () => undefined;

  /** With no output to wait for, what is in the journal is handed over. */
  constructor(outputs: readonly string[]) {
    this.#outputs = outputs;
  }

  get outputs(): readonly string[] {
    return this.#outputs;
  }

  hear({ output, since, upTo, refused }: Heard): void {
    this.#ranges.set(output, { since, upTo });
    for (const id of refused) this.#refused.set(id, output);
    this.#listener({ output, refused });
  }

  /** Told whenever something was handed over or refused. */
  listen(listener: (heard: Pick<Heard, 'output' | 'refused'>) => void): void {
    this.#listener = listener;
  }

  /** What all of them have; undefined as long as there is nothing. */
  get common(): Range | undefined {
    let { since, upTo } = everything;
    for (const output of this.#outputs) {
      const range = this.#ranges.get(output);
      if (range === undefined) return undefined;
      if (range.since > since) since = range.since;
      if (range.upTo < upTo) upTo = range.upTo;
    }
    return since <= upTo ? { since, upTo } : undefined;
  }

  /** The output that has refused the message. */
  refusedBy(id: Id): string | undefined {
    return this.#refused.get(id);
  }
}
