import { scalar, type Written } from '../../document/written.ts';
import type { Kind } from './kind.ts';

/** One or more values of a kind. A single one needs no list around it. */
export function listOf<Item>(kind: Kind<Item>): Kind<readonly Item[]> {
  return {
    ...(kind.confidential ? { confidential: true } : {}),
    valid: `${kind.valid}, or a list of these`,
    read(written, reader) {
      if (written.form !== 'list') {
        const only = kind.read(written, reader);
        return only === undefined ? undefined : [only];
      }
      if (written.items.length === 0) return reader.refuse(written, `${kind.valid}, at least once`);
      const items = written.items.map((item) => kind.read(item, reader)).filter((item) => item !== undefined);
      return items.length === written.items.length ? items : undefined;
    },
    written(text, origin) {
      const items: Written[] = text.split(',').map((item) => scalar(item.trim(), origin));
      return { form: 'list', origin, items };
    },
    show: (values) => values.map((value) => kind.show(value)).join(', '),
  };
}
