import { printableWithin } from '../../text/printable.ts';
import type { PersonaDraft } from './draft.ts';

/** The draft without what lies under this dotted key of its file; undefined where there is nothing. */
export function leaveOut(draft: PersonaDraft, key: string): PersonaDraft | undefined {
  const path = key.split('.');
  const value = path.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], draft);
  if (value === undefined) return undefined;
  const remark = `${key}: left out is ${printableWithin(JSON.stringify(value), 120)}`;
  return { ...(without(draft, path) as PersonaDraft), remarks: [...draft.remarks, remark] };
}

function without(part: object, [name, ...rest]: readonly string[]): object {
  const entries = Object.entries(part).flatMap(
    ([key, value]: [string, unknown]): readonly (readonly [string, unknown])[] => {
      if (key !== name) return [[key, value]];
      return rest.length === 0 ? [] : [[key, without(value as object, rest)]];
    },
  );
  return Object.fromEntries(entries);
}
