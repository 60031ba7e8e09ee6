import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventName, EventOf } from '../../src/lib/events/event.ts';

const step = 2 ** 20;
const pause = 20;

/** Events were lost, as those of a hurry may be: what was counted with them is not known any more. */
export class EventsDropped extends Error {}

/** Reads the events that spamtrap writes to its standard output, from a file, and only when asked. */
export class EventLog {
  readonly #file: number;
  readonly #chunk = Buffer.alloc(step);
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** Calls `see` for each new event of this name until it returns a result. */
  async find<Name extends EventName, Result>(
    name: Name,
    limitSeconds: number,
    see: (event: EventOf<Name> & { readonly time: string }) => Result | undefined,
  ): Promise<Result> {
    const mark = `"event":"${name}"`;
    const end = performance.now() + limitSeconds * 1_000;
    while (performance.now() < end) {
      const lines = this.#readLines();
      for (const [index, line] of lines.entries()) {
        if (line.includes('"event":"events.dropped"')) throw new EventsDropped('spamtrap dropped events');
        if (!line.includes(mark)) continue;
        const result = see(JSON.parse(line) as EventOf<Name> & { readonly time: string });
        if (result === undefined) continue;
        this.#rest = [...lines.slice(index + 1), this.#rest].join('\n');
        return result;
      }
      if (lines.length === 0) await sleep(pause);
    }
    throw new Error(`no ${name} from spamtrap within ${limitSeconds} s`);
  }

  close(): void {
    closeSync(this.#file);
  }

  #readLines(): string[] {
    const length = readSync(this.#file, this.#chunk, 0, step, this.#offset);
    this.#offset += length;
    const lines = (this.#rest + this.#chunk.toString('latin1', 0, length)).split('\n');
    this.#rest = lines.pop()!;
    return lines;
  }
}
