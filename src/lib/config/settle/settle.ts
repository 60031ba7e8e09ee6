import { entryType, isEntryName } from './entry.ts';
import type { FaultList } from '../../document/faults.ts';
import { keysOf, refuseUnknownKeys } from './keys.ts';
import { settleSetting } from './setting.ts';
import type { Settling, Sources } from './settling.ts';
import { oneOf } from '../../document/suggestion.ts';
import { keyWithin } from '../walk.ts';
import type { Effective, Entries, Group, Part } from '../words/setting.ts';
import { spoken, type Written, type WrittenMap } from '../../document/written.ts';

export interface Settled<Settings> {
  readonly settings: Settings;
  /** Where the value of each dotted key comes from: `default`, `trap.yml:3:9`, `env NAME` or `--flag`. */
  readonly origins: ReadonlyMap<string, string>;
}

/** Settles every key of the schema. After a fault the values are of no use: the caller is to throw the faults. */
export function settle<Schema extends Group>(
  schema: Schema,
  sources: Sources,
  faults: FaultList,
): Settled<Effective<Schema>> {
  const origins = new Map<string, string>();
  const settings = settleGroup({ ...sources, faults, origins }, schema, sources.file, '') as Effective<Schema>;
  return { settings, origins };
}

function settlePart(settling: Settling, part: Part, written: Written | undefined, key: string): unknown {
  switch (part.part) {
    case 'setting':
      return settleSetting(settling, part, written, key);
    case 'group':
      return settleGroup(settling, part, written, key);
    default:
      return settleEntries(settling, part, written, key);
  }
}

function settleGroup(settling: Settling, group: Group, written: Written | undefined, path: string): object {
  const keys = Object.keys(group.members);
  const map = keysOf(written, { path, part: group, valid: `keys: ${oneOf(keys)}` }, settling.faults);
  if (map) refuseUnknownKeys(map, keys, path, settling.faults);
  return settleMembers(settling, group, map, path);
}

function settleMembers(settling: Settling, { members }: Group, map: WrittenMap | undefined, path: string): object {
  const settled = Object.entries(members).map(([key, part]) => {
    return [key, settlePart(settling, part, map?.entries.get(key)?.value, keyWithin(path, key))] as const;
  });
  return Object.fromEntries(settled);
}

function settleEntries(settling: Settling, part: Entries, written: Written | undefined, path: string): object {
  const valid = `entries with a name and keys, such as ${oneOf(Object.keys(part.types))}`;
  const map = keysOf(written, { path, part, valid }, settling.faults);
  if (!map) return Object.fromEntries(part.usual.map((name) => [name, settleEntry(settling, part, name, path)]));
  const named = [...map.entries].filter((entry) => isEntryName(part, entry, path, settling.faults));
  return Object.fromEntries(named.map(([name, { value }]) => [name, settleEntry(settling, part, name, path, value)]));
}

function settleEntry(
  settling: Settling,
  part: Entries,
  name: string,
  parent: string,
  written?: Written,
): object | undefined {
  const path = keyWithin(parent, name);
  const map = keysOf(written, { path, part, valid: 'keys, or nothing for the defaults' }, settling.faults);
  if (map === undefined && spoken(written) !== undefined) return undefined;
  const type = entryType(part, name, path, written, settling);
  if (type === undefined) return undefined;
  const group = part.types[type]!;
  if (map) refuseUnknownKeys(map, ['type', ...Object.keys(group.members)], path, settling.faults);
  return { type, ...settleMembers(settling, group, map, path) };
}
