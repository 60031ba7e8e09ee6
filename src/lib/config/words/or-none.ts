import type { Kind } from './kind.ts';

/** A value, or the word `none`, which takes away what would hold otherwise. */
export function orNone<Value>(kind: Kind<Value>): Kind<Value | 'none'> {
  return {
    ...(kind.confidential ? { confidential: true } : {}),
    valid: `${kind.valid}, or none`,
    read(written, reader) {
      if (written.form === 'scalar' && written.text === 'none') return 'none';
      const refuse: typeof reader.refuse = (refused, valid, near) => {
        return reader.refuse(refused, valid === kind.valid ? `${valid}, or none` : valid, near);
      };
      return kind.read(written, { ...reader, refuse });
    },
    written: (text, origin) => kind.written(text, origin),
    show: (value) => (value === 'none' ? 'none' : kind.show(value)),
  };
}
