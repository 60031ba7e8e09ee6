import { randomBytes } from 'node:crypto';
import { readersOfOurs } from '../config/schema/outputs.ts';
import type { Emit } from '../events/event.ts';
import type { ProbeFate } from '../outputs/daybook/day-report.ts';
import { DaybookOutput } from '../outputs/daybook/daybook-output.ts';
import type { Desk } from '../probe/desk/desk.ts';
import { localDay } from '../text/time.ts';

export interface DayLogSettings {
  readonly dataDir: string;
  readonly host: string;
  readonly maildir: string | undefined;
  readonly desk: Desk | undefined;
  readonly daybook: { readonly rewrite: number; readonly reportLink?: string | undefined };
  readonly emit: Emit;
}

/** The figures of each day, and the mail that shows them. */
export function dayLog({ dataDir, host, maildir, desk, daybook, emit }: DayLogSettings): DaybookOutput {
  const unique = () => randomBytes(8).toString('hex');
  const probesOf = (day: string) => (desk ? fatesOn(day, desk) : []);
  return new DaybookOutput(readersOfOurs.daybook, {
    dataDir,
    dayOf: localDay,
    now: Date.now,
    emit,
    ...(maildir !== undefined && {
      mail: { maildir, host, rewriteEvery: daybook.rewrite, reportLink: daybook.reportLink, unique, probesOf },
    }),
  });
}

function fatesOn(day: string, desk: Desk): readonly ProbeFate[] {
  // The figures of a day are told also where the desk is closed.
  if (desk.closed) return [];
  return desk
    .list({ most: 10_000 })
    .filter(({ heldAt }) => localDay(Date.parse(heldAt)) === day)
    .map(({ heldAt: at, id, rule, recipients, state: fate, reason }) => {
      const meant = recipients.map(({ sentTo, address }) => sentTo ?? address);
      return { at, id, rule, recipients: meant, fate, reason };
    });
}
