import { parseDuration } from '../text/units.ts';
import type { MailboxTrouble } from './mailbox-fault.ts';

// RFC 5530 has codes for most of this, and Google, Microsoft and others have words.
const comesTooOften =
  /too many|simultaneous|throttl|try (?:again|later)|later|temporar|rate limit|exceeded|overquota|bandwidth|in use|busy|locked|not connected|unavailable/i;

/** What a refused login means: that it is the wrong password, or that it is the wrong moment. */
export function loginTrouble(code: string | undefined, words: string): MailboxTrouble {
  switch (code?.toUpperCase()) {
    case 'UNAVAILABLE':
    case 'INUSE':
    case 'IN-USE':
    case 'LIMIT':
    case 'OVERQUOTA':
    case 'CONTACTADMIN':
    case 'LOGIN-DELAY':
    case 'SYS/TEMP':
    case 'THROTTLED':
      return 'throttled';
    case 'AUTHORIZATIONFAILED':
    case 'EXPIRED':
    case 'PRIVACYREQUIRED':
    case 'AUTH':
      return 'credentials';
    default:
      // Some servers say AUTHENTICATIONFAILED for either, and mean what they write behind it.
      return comesTooOften.test(words) ? 'throttled' : 'credentials';
  }
}

/** The time that a server asks us to stay away: `Suggested Backoff Time: 299 seconds`, in Microsoft's case in ms. */
export function throttleTime(words: string): number | undefined {
  const [, amount, unit] = /back ?off time:? *(\d{1,9}) *(ms|milliseconds?|s|seconds?|m|minutes?)?/i.exec(words) ?? [];
  if (amount !== undefined) return Number(amount) * millisecondsIn(unit);
  const [, later] = /(?:in|after) (\d{1,6} ?(?:s|seconds?|m|minutes?|h|hours?))\b/i.exec(words) ?? [];
  return later === undefined ? undefined : parseDuration(later.replace(/ /g, '').replace(/(\d+[smh])\w*/i, '$1'));
}

function millisecondsIn(unit: string | undefined): number {
  if (unit === undefined || /^ms|^milli/i.test(unit)) return 1;
  return /^m/i.test(unit) ? 60_000 : 1_000;
}
