import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Journal } from '../../src/lib/journal/journal.ts';
import { SpamRuns } from '../../test/support/spam-runs.ts';
import type { Group } from '../group.ts';
import { median } from '../median.ts';
import type { Measured } from '../row.ts';

const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));
const GiB = 2 ** 30;

const messages = 100_000;
const runs = 2_000;
const together = 200;
const repetitions = 5;

/** One for each field, and what is worst for each: few letters that many have, and words that nobody has. */
const questions: readonly string[] = [
  'since:1h',
  'from:ba',
  'from:*@*.example',
  'to:anna',
  'subject:anna',
  'subject:"a b c"',
  'text:dear',
  'ip:198.51.0.0/16',
  'helo:host-7',
  'size:>4000',
  'recipients:1',
  'url:kor',
  'attachment:*.zip',
  'credential:pass1',
  'rule:nothing',
  'intake:relay',
  'sha256:ab',
  'session:session-1',
  'has:attachment',
  '!has:url',
  'anna',
  'nothinglikeit',
];

/** How quickly the journal becomes an index, and how quickly that answers. */
export const index: Group = {
  name: 'index',
  rows: [
    {
      name: 'index/rebuild',
      about: '100,000 messages of 4 KB taken apart, grouped and written',
      unit: '/s',
      target: { atLeast: 1_500 },
      needs: [],
    },
    {
      name: 'index/search',
      about: 'the slowest of 22 questions, one for each field: the newest 50, without the start of the program',
      unit: 'ms',
      target: { atMost: 200 },
      needs: [],
    },
    { name: 'index/command', about: 'the slowest of them as a command, with its start', unit: 'ms', needs: [] },
    { name: 'index/size', about: 'what the index takes for each message', unit: 'B', needs: [] },
  ],
  async measure({ work, say }) {
    const dataDir = work.folder('index');
    await fill(dataDir);
    const { seconds, entries } = rebuild(dataDir);
    say(`${entries} messages in ${seconds} s`);
    const asked = await askAll(dataDir);
    const [slowest] = asked.toSorted((one, other) => other.milliseconds - one.milliseconds);
    say(`${slowest!.question} ${Math.round(slowest!.milliseconds)} ms`);
    const command = median(Array.from({ length: repetitions }, () => timeCommand(dataDir, slowest!.question)));
    const size = statSync(join(dataDir, 'index', 'index.db')).size / entries;
    return new Map<string, Measured>([
      ['index/rebuild', { value: entries / seconds }],
      ['index/search', { value: slowest!.milliseconds }],
      ['index/command', { value: command }],
      ['index/size', { value: size }],
    ]);
  },
};

async function fill(dataDir: string): Promise<void> {
  const journal = await Journal.open({
    dataDir,
    settings: {
      segmentSize: 64 * 2 ** 20,
      retain: { age: 7 * 864e5, size: 10 * GiB },
      maxSize: 20 * GiB,
      diskFloor: 0,
      maxPending: 64 * 2 ** 20,
      memory: 128 * 2 ** 20,
      spillAt: 2 ** 20,
    },
    notify: () => undefined,
    now: Date.now,
    randomInt,
  });
  const spam = new SpamRuns(1, runs);
  const keep = async () => {
    const { bytes, origin } = spam.next();
    const draft = journal.draft();
    await draft.write(bytes);
    await draft.accept(origin);
  };
  for (let at = 0; at < messages; at += together) await Promise.all(Array.from({ length: together }, keep));
  await journal.close();
}

function rebuild(dataDir: string): { readonly seconds: number; readonly entries: number } {
  const { stdout } = spawnSync(program, ['index', 'rebuild', '--json', '--data-dir', dataDir], { encoding: 'utf8' });
  return JSON.parse(stdout) as { seconds: number; entries: number };
}

async function askAll(dataDir: string): Promise<readonly { question: string; milliseconds: number }[]> {
  const { openToRead } = await import('../../src/lib/index/open-index.ts');
  const { indexLayout } = await import('../../src/lib/index/layout.ts');
  const { IndexReader } = await import('../../src/lib/index/index-reader.ts');
  const { parseQuery } = await import('../../src/lib/query/parse-query.ts');
  const database = openToRead(indexLayout(dataDir));
  const reader = new IndexReader(database);
  const asked = questions.map((question) => {
    const times = Array.from({ length: repetitions }, () => {
      const began = performance.now();
      const selection = { query: parseQuery(question, Date.now()), kinds: ['message', 'evidence'] as const };
      for (const number of reader.newest(selection, 50)) reader.entry(number);
      return performance.now() - began;
    });
    return { question, milliseconds: median(times) };
  });
  database.close();
  return asked;
}

function timeCommand(dataDir: string, question: string): number {
  const began = performance.now();
  spawnSync(program, ['search', '--json', question, '--data-dir', dataDir], { encoding: 'utf8' });
  return performance.now() - began;
}
