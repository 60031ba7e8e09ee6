import type { FaultList } from '../../document/faults.ts';
import { oneOf, suggestion } from '../../document/suggestion.ts';
import { shownWritten, type Written, type WrittenMap } from '../../document/written.ts';
import { printableWithin } from '../../text/printable.ts';

/** Something written, with the path of its key, and where to say what is wrong with it. */
export interface Place {
  readonly written: Written;
  readonly key: string;
}

/** A document being read: every fault is noted, and reading goes on. */
export class Reading {
  readonly #faults: FaultList;

  constructor(faults: FaultList) {
    this.#faults = faults;
  }

  /** Notes that something else should be written here. */
  refuse({ written, key }: Place, valid: string, meant?: string): undefined {
    const origin = written.origin.text;
    const problem = isNothing(written) ? 'nothing is written here' : 'is not valid';
    const value = isNothing(written) ? {} : { value: shownWritten(written) };
    this.#faults.add({
      origin,
      ...keyed(key),
      ...value,
      problem,
      valid,
      ...(meant !== undefined && { suggestion: meant }),
    });
    return undefined;
  }

  /** Notes a problem in words of its own. */
  complain({ written, key }: Place, problem: string, valid?: string): undefined {
    this.#faults.add({ origin: written.origin.text, ...keyed(key), problem, ...(valid !== undefined && { valid }) });
    return undefined;
  }

  map(place: Place, valid: string): WrittenMap | undefined {
    return place.written.form === 'map' ? place.written : this.refuse(place, valid);
  }

  items(place: Place, valid: string): readonly Place[] | undefined {
    const { written, key } = place;
    if (written.form !== 'list') return this.refuse(place, valid);
    return written.items.map((item, index) => ({ written: item, key: `${key}[${index}]` }));
  }

  /** What a key holds; undefined when it is not there. */
  member(map: WrittenMap, name: string, key: string): Place | undefined {
    const entry = map.entries.get(name);
    return entry && { written: entry.value, key: within(key, name) };
  }

  refuseOtherKeys({ entries }: WrittenMap, known: readonly string[], key: string): void {
    for (const [name, { keyOrigin }] of entries) {
      if (!known.includes(name)) this.unknownKey(name, keyOrigin.text, known, key);
    }
  }

  unknownKey(name: string, origin: string, known: readonly string[], key: string): void {
    const near = suggestion(name, known);
    const meant = near.suggestion === undefined ? { valid: oneOf(known) } : near;
    this.#faults.add({ origin, key: within(key, printableWithin(name, 60)), problem: 'unknown key', ...meant });
  }
}

export function within(key: string, name: string): string {
  return key === '' ? name : `${key}.${name}`;
}

/** The document as a whole has no key. */
function keyed(key: string): { readonly key?: string } {
  return key === '' ? {} : { key };
}

export function isNothing(written: Written): boolean {
  return written.form === 'scalar' && written.empty;
}
