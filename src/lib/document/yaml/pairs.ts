import type { Written, WrittenEntry, WrittenScalar } from '../written.ts';
import { Unreadable } from './unreadable.ts';

/** Takes keys and values in turn, as the parser gives them. */
export interface Pairs {
  take(value: Written): void;
  /** The key whose value is still to come. */
  pendingKey(): string | undefined;
}

export function pairsInto(
  entries: Map<string, WrittenEntry>,
  repeated: (key: WrittenScalar, first: WrittenEntry) => void,
): Pairs {
  let key: WrittenScalar | undefined;
  return {
    pendingKey: () => key?.text,
    take(value) {
      if (key === undefined) {
        if (value.form !== 'scalar') throw new Unreadable(value.origin, 'a key must be a single word');
        key = value;
        return;
      }
      const first = entries.get(key.text);
      if (first === undefined) entries.set(key.text, { keyOrigin: key.origin, value });
      else repeated(key, first);
      key = undefined;
    },
  };
}
