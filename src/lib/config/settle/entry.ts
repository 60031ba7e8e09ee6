import type { FaultList } from '../../document/faults.ts';
import type { Settling } from './settling.ts';
import { oneOf, suggestion } from '../../document/suggestion.ts';
import { keyWithin } from '../walk.ts';
import type { Entries } from '../words/setting.ts';
import { scalar, shownWritten, type Written, type WrittenEntry } from '../../document/written.ts';

// Readers of the journal, files and metrics are named after entries.
const namePattern = /^[a-z][\w-]{0,63}$/i;

export function isEntryName(
  { reserved }: Entries,
  [name, { keyOrigin }]: [string, WrittenEntry],
  path: string,
  faults: FaultList,
): boolean {
  const isTaken = reserved.includes(name);
  if (namePattern.test(name) && !isTaken) return true;
  const value = shownWritten(scalar(name, keyOrigin));
  const problem = isTaken ? 'is a name that the program keeps for itself' : 'is not a valid name';
  const valid = isTaken ? 'another name' : 'at most 64 letters, digits, - and _, a letter first';
  faults.add({ origin: keyOrigin.text, key: path, value, problem, valid });
  return false;
}

/** The type of an entry: what its `type` says, or its name where that is a type. */
export function entryType(
  { types }: Entries,
  name: string,
  path: string,
  written: Written | undefined,
  { faults, origins }: Settling,
): string | undefined {
  const key = keyWithin(path, 'type');
  const known = Object.keys(types);
  const valid = oneOf(known);
  const said = written?.form === 'map' ? written.entries.get('type')?.value : undefined;
  if (said === undefined) {
    origins.set(key, 'default');
    if (known.includes(name)) return name;
    const origin = written?.origin.text ?? path;
    faults.add({ origin, key, problem: `is missing, and "${name}" is no type`, valid, ...suggestion(name, known) });
    return undefined;
  }
  origins.set(key, said.origin.text);
  if (said.form === 'scalar' && known.includes(said.text)) return said.text;
  const near = said.form === 'scalar' ? suggestion(said.text, known) : {};
  faults.add({ origin: said.origin.text, key, value: shownWritten(said), problem: 'is not valid', valid, ...near });
  return undefined;
}
