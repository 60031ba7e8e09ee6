import { existsSync, readdirSync, readFileSync } from 'node:fs';

const corpora = new URL('../../../shared/corpora/', import.meta.url);

const names = ['spamassassin', 'malformed'] as const;

/** Real messages, where somebody has put them beside the project; none otherwise. */
export function corpus(name: (typeof names)[number]): readonly Buffer[] {
  const folder = new URL(`${name}/`, corpora);
  return existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(new URL(file, folder))) : [];
}

export function corpusMessages(): readonly Buffer[] {
  return names.flatMap(corpus);
}
