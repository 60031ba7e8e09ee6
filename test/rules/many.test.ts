import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { replayRules } from '../../src/lib/assembly/rules/replay-rules.ts';
import { readRules } from '../../src/lib/rules/read/read-rules.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { file } from './support.ts';

const messages = 10_000;
const conditions = [
  (number: number) => `{ subject: { contains: "offer ${number} " } }`,
  (number: number) => `{ text: { contains: "word-${number} " } }`,
  (number: number) => `{ header X-Mailer: { equals: "Mailer ${number}" } }`,
  (number: number) => `{ text: { regex: "code ${number}[0-9]{2} (?:now|today)" } }`,
  (number: number) => `{ sender: { ends: "@d${number}.example" }, recipients: { atMost: 3 } }`,
];
const rules = Array.from(
  { length: 1_000 },
  (_, number) => `- { name: r${number}, kind: spam, on: message, when: ${conditions[number % 5]!(number)} }`,
);

it('a thousand rules are asked about ten thousand messages, and that shows how far it is', { timeout: 600_000 }, () => {
  const root = temporaryDirectory();
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(root, part));
  for (let number = 0; number < messages; number++) {
    const lines = [
      `Subject: offer ${number} for you`,
      `X-Mailer: Mailer ${number}`,
      '',
      `word-${number} code ${number}42 now`,
    ];
    writeFileSync(join(root, 'new', `${number}.x`), [...lines, 'and so on '.repeat(50), ''].join('\r\n'));
  }
  const document = readRules(`version: 1\nrules:\n${rules.join('\n')}\n`, file);
  const shown: number[] = [];
  const { totals, ...replayed } = replayRules(root, {
    document,
    own: { addresses: [], hosts: [] },
    dataDir: () => undefined,
    onProgress: (done, of) => {
      expect(of).toBe(messages);
      shown.push(done);
    },
    onMatch: () => undefined,
  });
  expect(shown).toEqual(Array.from({ length: messages }, (_, index) => index + 1));
  expect(replayed.messages).toBe(messages);
  // Each of the first thousand messages is what one rule is for, but for those that ask for a sender.
  expect(replayed.matched).toBe(800);
  expect(totals.filter(({ hits }) => hits === 1)).toHaveLength(800);
});
