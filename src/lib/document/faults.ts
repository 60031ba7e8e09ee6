import { exitCodes, Fault } from '../errors.ts';

export interface WrittenFault {
  /** `trap.yml:3:9`, `env SPAMTRAP_RELAY_PORT` or `--port`. */
  readonly origin: string;
  /** The dotted key; absent when the fault is about the file or the variable as a whole. */
  readonly key?: string;
  /** What was written, short and safe for a terminal; absent when it may not be shown. */
  readonly value?: string;
  readonly problem: string;
  /** Completes the sentence "write …". */
  readonly valid?: string;
  readonly suggestion?: string;
}

/** What a sort of document is called in faults, and where it is explained. */
export interface DocumentSort {
  readonly code: string;
  readonly fix: string;
}

/** Everything that is wrong with a document, one fault per line of the message. */
export class DocumentFault extends Fault {
  readonly faults: readonly WrittenFault[];

  constructor({ code, fix }: DocumentSort, faults: readonly WrittenFault[], omitted = 0) {
    const lines = faults.map(faultLine);
    if (omitted > 0) lines.push(`… and ${omitted} more`);
    super(lines.join('\n'), { code, fix, exit: exitCodes.usage });
    this.name = 'DocumentFault';
    this.faults = faults;
  }
}

export function faultLine({ origin, key, value, problem, valid, suggestion }: WrittenFault): string {
  const where = key === undefined ? origin : `${origin}: ${key}`;
  const what = value === undefined ? problem : `${value} ${problem}`;
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  const instead = valid === undefined ? '' : `; write ${valid}`;
  return `${where}: ${what}${instead}${meant}`;
}

export interface FaultList {
  add(fault: WrittenFault): void;
  throwIfAny(): void;
}

// A file that is no configuration at all has a fault in every line; nobody reads more than these.
const mostShown = 100;

export function createFaultList(sort: DocumentSort): FaultList {
  const faults: WrittenFault[] = [];
  let omitted = 0;
  return {
    add(fault) {
      if (faults.length < mostShown) faults.push(fault);
      else omitted++;
    },
    throwIfAny() {
      if (faults.length > 0) throw new DocumentFault(sort, faults, omitted);
    },
  };
}
