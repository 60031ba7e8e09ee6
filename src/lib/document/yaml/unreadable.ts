import type { Origin } from '../written.ts';

/** Ends the reading of a file: what follows cannot be understood, and would only add faults that are none. */
export class Unreadable extends Error {
  readonly origin: Origin;

  constructor(origin: Origin, problem: string) {
    super(problem);
    this.origin = origin;
  }
}
