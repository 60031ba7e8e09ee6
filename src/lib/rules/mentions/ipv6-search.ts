import { isIPv4 } from 'node:net';
import { ipv6Groups } from '../../net/ipv6.ts';
import { plainAddress } from '../../net/plain-address.ts';
import type { Mention } from './mention.ts';

type Search = (text: string) => Mention | undefined;

const colonRun = /(?<![0-9A-Za-z:.])[0-9A-Za-z:.]*:[0-9A-Za-z:.]*/g;
const dashRun = /(?<![0-9A-Za-z-])[0-9A-Za-z]*-[0-9A-Za-z-]*/g;
const group = /^[0-9a-f]{0,4}$/i;
// Eight groups, and one more where `::` stands at an end.
const mostGroups = 9;
const longestRun = 4096;

/** Finds one of the addresses in any spelling of IPv6: short, long, in capitals, with dashes, with IPv4 inside. */
export function ipv6Search(addresses: readonly string[]): Search {
  const wanted = new Set(addresses);
  const hasSix = addresses.some((address) => !isIPv4(address));
  const inRuns = (text: string, pattern: RegExp, separator: string) => {
    for (const [run] of text.matchAll(pattern)) {
      const found = inRun(run.slice(0, longestRun), separator);
      if (found) return found;
    }
    return undefined;
  };
  return (text) => inRuns(text, colonRun, ':') ?? (hasSix ? inRuns(text, dashRun, '-') : undefined);

  function inRun(run: string, separator: string): Mention | undefined {
    for (const groups of addressLike(run.split(separator))) {
      const what = plainAddress(groups.join(':'));
      if (!wanted.has(what)) continue;
      const seen = groups.join(separator);
      return { what, seen, form: seen.toLowerCase() === what ? 'as it is' : 'in another spelling' };
    }
    return undefined;
  }
}

/** Neighbouring pieces that may be groups of one address; a word such as `IPv6` or `host` ends them. */
function* addressLike(pieces: readonly string[]): Generator<readonly string[]> {
  let groups: string[] = [];
  for (const piece of pieces) {
    if (group.test(piece)) {
      groups.push(piece);
      continue;
    }
    const last = piece.replace(/\.+$/, '');
    if (isIPv4(last) || (last !== piece && group.test(last))) groups.push(last);
    if (mayBeAddress(groups)) yield trimmed(groups);
    groups = [];
  }
  if (mayBeAddress(groups)) yield trimmed(groups);
}

function mayBeAddress(groups: readonly string[]): boolean {
  return groups.length >= 3 && groups.length <= mostGroups + 2;
}

/** Without the single colon of a sentence before or behind it. */
function trimmed(groups: readonly string[]): readonly string[] {
  const start = groups[0] === '' && groups[1] !== '' ? 1 : 0;
  const end = groups.at(-1) === '' && groups.at(-2) !== '' ? -1 : undefined;
  return groups.slice(start, end);
}

const nibbleRun = /(?<![0-9A-Za-z])[0-9a-f](?:\.[0-9a-f]){31,}(?![0-9A-Za-z])/gi;

/** As in `ip6.arpa`: the digits backwards with dots between. */
export function ipv6Nibbles(addresses: readonly string[]): Search {
  const wanted = addresses.map((what) => ({ what, seen: digitsOf(what).split('').toReversed().join('.') }));
  return (text) => {
    for (const [run] of text.matchAll(nibbleRun)) {
      const found = wanted.find(({ seen }) => run.toLowerCase() === seen);
      if (found) return { ...found, form: 'backwards' };
    }
    return undefined;
  };
}

const digitToken = /(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])/gi;

export function ipv6Digits(addresses: readonly string[]): Search {
  const wanted = new Map(addresses.map((what) => [digitsOf(what), what]));
  return (text) => {
    for (const [seen] of text.matchAll(digitToken)) {
      const what = wanted.get(seen.toLowerCase());
      if (what !== undefined) return { what, seen, form: 'as one hexadecimal number' };
    }
    return undefined;
  };
}

export function expandedIpv6(address: string): string {
  return (ipv6Groups(address) ?? []).map((each) => each.toString(16).padStart(4, '0')).join(':');
}

function digitsOf(address: string): string {
  return expandedIpv6(address).replaceAll(':', '');
}
