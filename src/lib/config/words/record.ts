import { suggestion } from '../../document/suggestion.ts';
import { scalar, type WrittenMap } from '../../document/written.ts';
import type { Kind, Reader } from './kind.ts';

type Fields = { readonly [key: string]: Kind<unknown> };
type Values<Keys extends Fields> = {
  readonly [Key in keyof Keys]: Keys[Key] extends Kind<infer Value> ? Value : never;
};

/** A value made of several, each under its key; none of them may be missing. Only a file has room for one. */
export function record<const Keys extends Fields>(fields: Keys): Kind<Values<Keys>> {
  const names = Object.keys(fields);
  const keys = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const valid = `the keys ${keys}`;
  return {
    ...(Object.values(fields).some(({ confidential }) => confidential) ? { confidential: true } : {}),
    valid,
    read(written, reader) {
      if (written.form !== 'map') return reader.refuse(written, valid);
      refuseOthers(written, names, valid, reader);
      const missing = names.filter((name) => !written.entries.has(name));
      if (missing.length > 0) return reader.refuse(written, `${valid}; missing is ${missing.join(', ')}`);
      const values = names.map((name) => [name, fields[name]!.read(written.entries.get(name)!.value, reader)] as const);
      const isWhole = written.entries.size === names.length && values.every(([, value]) => value !== undefined);
      return isWhole ? (Object.fromEntries(values) as Values<Keys>) : undefined;
    },
    written: scalar,
    show(value) {
      return `{${names.map((name) => `${name}: ${JSON.stringify(fields[name]!.show(value[name]))}`).join(', ')}}`;
    },
  };
}

function refuseOthers({ entries }: WrittenMap, names: readonly string[], valid: string, { refuse }: Reader): void {
  for (const [name, { keyOrigin }] of entries) {
    if (!names.includes(name)) refuse(scalar(name, keyOrigin), valid, suggestion(name, names).suggestion);
  }
}
