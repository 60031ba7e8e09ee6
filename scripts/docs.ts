// Writes the documents that are made from the source. A test fails when one of them is out of date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationDocument } from '../src/lib/config/describe.ts';
import type { ManifestParts } from '../src/lib/setup/completion/vocabulary.ts';
import { manPage } from '../src/lib/setup/man-page.ts';
import { withFieldsTable } from './fields-table.ts';

const root = new URL('../', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

const documents = [
  { path: 'docs/configuration.md', text: configurationDocument },
  { path: 'man/spamtrap.1', text: manual },
  { path: 'docs/search.md', text: () => withFieldsTable(readFileSync(new URL('docs/search.md', root), 'utf8')) },
];

for (const { path, text } of documents) {
  const file = fileURLToPath(new URL(path, root));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text());
}

function manual(): string {
  const { commands } = readJson('oclif.manifest.json') as Pick<ManifestParts, 'commands'>;
  const { version, oclif } = readJson('package.json') as {
    readonly version: string;
    readonly oclif: Pick<ManifestParts, 'topics'>;
  };
  return manPage({ commands, topics: oclif.topics }, version);
}
