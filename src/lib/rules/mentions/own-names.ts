import type { RuleSurroundings } from '../surroundings.ts';
import { addressSpellings } from './address-spellings.ts';
import { hostSpellings } from './host-spellings.ts';
import type { Spellings } from './mention.ts';

/** The forms of our own names, worked out once for as long as the names stay the same. */
export class OwnNames {
  readonly addresses: () => Spellings;
  readonly hosts: () => Spellings;

  constructor({ ownAddresses, ownHosts }: RuleSurroundings) {
    this.addresses = rememberingLast(ownAddresses, addressSpellings);
    this.hosts = rememberingLast(ownHosts, hostSpellings);
  }
}

function rememberingLast(
  names: () => readonly string[],
  spell: (names: readonly string[]) => Spellings,
): () => Spellings {
  let last: { readonly key: string; readonly spellings: Spellings } | undefined;
  return () => {
    const now = names();
    const key = now.join(' ');
    if (last?.key !== key) last = { key, spellings: spell(now) };
    return last.spellings;
  };
}
