import { join } from 'node:path';
import { acknowledgement } from '../config/schema/probes.ts';
import type { Settings } from '../config/schema.ts';
import { exitCodes, Fault } from '../errors.ts';
import type { NatsAccess } from '../nats/access.ts';
import { given } from './given.ts';
import type { Limits } from '../probe/budget/limits.ts';
import { usualRoom, type Room } from '../probe/desk/room.ts';
import { RecipientLists } from '../probe/recipients/recipient-lists.ts';
import { settledMode } from '../probe/relay-mode.ts';
import type { Sending } from '../probe/recipients/plan-sending.ts';

export type ProbeSettings = Settings['probes'];

/** Where the budget of all is; plain data, because it goes to another thread. */
export interface BudgetPlace {
  readonly access: NatsAccess;
  readonly bucket: string;
  readonly replicas: number | undefined;
}

/** What the desk is set up with. It is plain data, because it goes to another thread. */
export interface DeskStart {
  readonly probes: ProbeSettings;
  /** Beside those of the interfaces. */
  readonly ownAddresses: readonly string[];
  /** How we name ourselves to servers. */
  readonly heloName: string;
  /** Where operators see mail; absent where no output is a maildir. */
  readonly maildir: string | undefined;
  /** Where the budget is that all sensors share. */
  readonly budget?: BudgetPlace | undefined;
}

export function deskStart(settings: Settings, dataDir: string, heloName: string): DeskStart {
  const { probes, rules } = settings;
  // What cannot work is said before anything has begun.
  sendingOf(probes);
  const { ownAddresses = [] } = rules;
  return { probes, ownAddresses, heloName, maildir: maildirOf(settings, dataDir) };
}

/** The first that is configured is the one that the operator looks at. */
export function maildirOf({ outputs }: Settings, dataDir: string): string | undefined {
  for (const output of Object.values(outputs)) {
    if (output.type === 'maildir') return output.path ?? join(dataDir, 'maildir');
  }
  return undefined;
}

export function sendingOf({
  mode,
  acknowledge,
  recipients: many,
  deny = [],
  allow,
  largest,
  test,
}: ProbeSettings): Sending {
  const lists = new RecipientLists({ deny, ...(allow && { allow }) });
  const policy = { many, lists, largest };
  const settled = settledMode(mode, acknowledge === acknowledgement ? 'given' : 'missing');
  if (settled !== 'test') return { mode: settled, policy };
  if (test.server === undefined || test.recipient === undefined) {
    throw new Fault('The mode test has nowhere to send to.', {
      code: 'probes.test',
      fix: 'Set probes.test.server and probes.test.recipient.',
      exit: exitCodes.usage,
    });
  }
  return { mode: settled, policy, recipient: test.recipient };
}

export function limitsOf({ budget }: ProbeSettings): Limits {
  return given(budget) as Limits;
}

export function roomOf({ most, mostBytes, keep }: ProbeSettings): Room {
  return { ...usualRoom, most, mostBytes, keepContent: keep };
}
