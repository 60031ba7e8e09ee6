// Writes the documents that are made from the source. A test fails when one of them is out of date.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationDocument } from '../src/lib/config/describe.ts';

const documents = [{ path: 'docs/configuration.md', text: configurationDocument }];

const root = new URL('../', import.meta.url);
for (const { path, text } of documents) {
  const file = fileURLToPath(new URL(path, root));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text());
}
