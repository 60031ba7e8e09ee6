import { isIP, isIPv4 } from 'node:net';
import { plainAddress } from '../../net/plain-address.ts';
import { addressTraces } from './address-traces.ts';
import { inAllForms } from './forms.ts';
import { dashedRuns, dottedRuns } from './label-runs.ts';
import { ipv4Numbers } from './ipv4-numbers.ts';
import { dashedSearch, dottedSearch } from './ipv4-search.ts';
import { expandedIpv6, ipv6Digits, ipv6Nibbles, ipv6Search } from './ipv6-search.ts';
import { firstFound, type Mention, nothingToFind, type Spellings } from './mention.ts';

type Search = (text: string) => Mention | undefined;

/** Every form in which one of these addresses may be written. */
export function addressSpellings(addresses: readonly string[]): Spellings {
  const plain = [...new Set(addresses.filter((address) => isIP(address.split('%')[0]!) !== 0).map(plainAddress))];
  if (plain.length === 0) return nothingToFind;
  const four = plain.filter((address) => isIPv4(address));
  const six = plain.filter((address) => !isIPv4(address));
  const searches = bareSearches(four, six);
  const mayName = addressTraces(plain);
  const find = (text: string) => (mayName(text) ? firstFound(searches, text) : undefined);
  return inAllForms(find, [...four, ...six, ...six.map(expandedIpv6)]);
}

function bareSearches(four: readonly string[], six: readonly string[]): readonly Search[] {
  const searches: Search[] = [];
  if (four.length > 0) {
    const [dotted, dashed] = [dottedSearch(four), dashedSearch(four)];
    searches.push(
      (text) => dotted(dottedRuns(text)),
      (text) => dashed(dashedRuns(text)),
      ipv4Numbers(four),
    );
  }
  // Also for IPv4, which may be mapped into IPv6.
  searches.push(ipv6Search([...four, ...six]));
  if (six.length > 0) searches.push(ipv6Nibbles(six), ipv6Digits(six));
  return searches;
}
