import { existsSync, readdirSync, readFileSync } from 'node:fs';

const corpora = new URL('../../../shared/corpora/', import.meta.url);

/** Real messages, where somebody has put them beside the project; none otherwise. */
export function corpusMessages(): readonly Buffer[] {
  if (!existsSync(corpora)) return [];
  return ['spamassassin/', 'malformed/'].flatMap((name) => {
    const folder = new URL(name, corpora);
    return existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(new URL(file, folder))) : [];
  });
}
