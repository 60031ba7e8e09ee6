import type { Written } from '../written.ts';

// Words that YAML takes as they are, whatever stands around them.
const plain = /^[A-Za-z0-9./](?:[\w./ :-]*[\w./-])?$/;

/** A value as one line of YAML. */
export function asYaml(written: Written): string {
  switch (written.form) {
    case 'scalar':
      return plain.test(written.text) && !/: |^(?:null)$/i.test(written.text)
        ? written.text
        : JSON.stringify(written.text);
    case 'list':
      return `[${written.items.map(asYaml).join(', ')}]`;
    default:
      return `{${[...written.entries].map(([key, { value }]) => `${key}: ${asYaml(value)}`).join(', ')}}`;
  }
}
