import type { Operations } from '../../control/attendant.ts';

/** What a running command can be asked for; each of its services adds what it can do. */
export class Offers {
  readonly operations: Record<string, Operations[string]> = {};

  add(operations: Operations): void {
    Object.assign(this.operations, operations);
  }
}
