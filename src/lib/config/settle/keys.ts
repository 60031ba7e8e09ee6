import { printableWithin } from '../../text/printable.ts';
import type { FaultList } from '../../document/faults.ts';
import { oneOf, suggestion } from '../../document/suggestion.ts';
import { keyWithin, mayHoldSecrets } from '../walk.ts';
import type { Part } from '../words/setting.ts';
import { shownWritten, spoken, type Written, type WrittenMap } from '../../document/written.ts';

interface Expected {
  readonly path: string;
  readonly part: Part;
  readonly valid: string;
}

/** The keys written here, if any; anything else in their place is a fault. */
export function keysOf(
  written: Written | undefined,
  { path, part, valid }: Expected,
  faults: FaultList,
): WrittenMap | undefined {
  const said = spoken(written);
  if (said === undefined || said.form === 'map') return said;
  const value = mayHoldSecrets(part) ? {} : { value: shownWritten(said) };
  const problem = mayHoldSecrets(part) ? 'what is written here is not valid' : 'is not valid';
  faults.add({ origin: said.origin.text, ...(path === '' ? {} : { key: path }), ...value, problem, valid });
  return undefined;
}

/** The value of an unknown key is never shown: the key may be a misspelt `password`. */
export function refuseUnknownKeys(
  { entries }: WrittenMap,
  known: readonly string[],
  path: string,
  faults: FaultList,
): void {
  for (const [name, { keyOrigin }] of entries) {
    if (known.includes(name)) continue;
    const key = keyWithin(path, printableWithin(name, 60));
    const near = suggestion(name, known);
    const meant = near.suggestion === undefined ? { valid: oneOf(known) } : near;
    faults.add({ origin: keyOrigin.text, key, problem: 'unknown key', ...meant });
  }
}
