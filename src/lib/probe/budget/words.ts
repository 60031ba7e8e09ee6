import { formatSize } from '../../text/units.ts';
import { isoTime } from '../../text/time.ts';
import type { LimitName } from './limits.ts';
import type { Excess } from './weigh.ts';

const what: Readonly<Record<LimitName, string>> = {
  perDay: 'sends a day',
  perRecipient: 'sends a day to',
  perHour: 'sends an hour',
  perDomain: 'sends a day to the domain',
  perSource: 'sends a day for',
  perNetwork: 'sends a day for the network',
  perRule: 'sends a day for the rule',
  bytesPerDay: 'a day',
};

/** Why the budget says no, in words that are safe to show. */
export function describeExcess(excess: Excess): string {
  const next = excess.freesAt === undefined ? 'that is more than it ever allows' : `more at ${time(excess.freesAt)}`;
  if (excess.is === 'spent') return `the budget counts as spent: ${next}`;
  const { limit, most, used } = excess;
  const inBytes = limit === 'bytesPerDay';
  const amount = inBytes ? `${formatSize(used)} of ${formatSize(most)}` : `${used} of ${most}`;
  const whose = excess.for === '' ? what[limit] : `${what[limit]} ${excess.for}`;
  return `the budget is used: ${amount} ${whose} (${limit}); ${next}`;
}

// A clock may have said anything, and not every number is a date.
function time(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? isoTime(ms) : String(ms);
}
