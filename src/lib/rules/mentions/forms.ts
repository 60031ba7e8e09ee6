import { base64Search } from './base64.ts';
import type { Mention, Spellings } from './mention.ts';
import { unescaped } from './unescaped.ts';

/** A search in a text as it is, within base64 that has one of these texts in it, and where letters are escaped. */
export function inAllForms(find: (text: string) => Mention | undefined, texts: readonly string[]): Spellings {
  const inBase64 = base64Search(texts, find);
  return {
    find(text) {
      const found = find(text) ?? inBase64(text);
      if (found) return found;
      for (const clear of unescaped(text)) {
        const hidden = find(clear);
        if (hidden) return { ...hidden, form: 'escaped' };
      }
      return undefined;
    },
  };
}
