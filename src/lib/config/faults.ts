import { exitCodes, Fault } from '../errors.ts';

export interface SettingFault {
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

/** Everything that is wrong with the configuration, one fault per line of the message. */
export class ConfigFault extends Fault {
  readonly faults: readonly SettingFault[];

  constructor(faults: readonly SettingFault[], omitted = 0) {
    const lines = faults.map(faultLine);
    if (omitted > 0) lines.push(`… and ${omitted} more`);
    super(lines.join('\n'), {
      code: 'config.faulty',
      fix: 'Correct what is named above; docs/configuration.md explains every key.',
      exit: exitCodes.usage,
    });
    this.name = 'ConfigFault';
    this.faults = faults;
  }
}

export function faultLine({ origin, key, value, problem, valid, suggestion }: SettingFault): string {
  const where = key === undefined ? origin : `${origin}: ${key}`;
  const what = value === undefined ? problem : `${value} ${problem}`;
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  const instead = valid === undefined ? '' : `; write ${valid}`;
  return `${where}: ${what}${instead}${meant}`;
}

export interface FaultList {
  add(fault: SettingFault): void;
  throwIfAny(): void;
}

// A file that is no configuration at all has a fault in every line; nobody reads more than these.
const mostShown = 100;

export function createFaultList(): FaultList {
  const faults: SettingFault[] = [];
  let omitted = 0;
  return {
    add(fault) {
      if (faults.length < mostShown) faults.push(fault);
      else omitted++;
    },
    throwIfAny() {
      if (faults.length > 0) throw new ConfigFault(faults, omitted);
    },
  };
}
