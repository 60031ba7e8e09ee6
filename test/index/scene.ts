import type { DatabaseSync } from 'node:sqlite';
import { IndexKeeper, type Indexing } from '../../src/lib/assembly/index/index-keeper.ts';
import type { CaptureOrigin } from '../../src/lib/capture/capture.ts';
import type { Found } from '../../src/lib/index/found.ts';
import { IndexReader } from '../../src/lib/index/index-reader.ts';
import { indexLayout } from '../../src/lib/index/layout.ts';
import { openToRead } from '../../src/lib/index/open-index.ts';
import { parseQuery } from '../../src/lib/query/parse-query.ts';
import { keep, openJournal, someOrigin } from '../support/journals.ts';
import { SpamRuns } from '../support/spam-runs.ts';

const keeping = { maxAge: 365 * 864e5, maxSize: 2 ** 32 };

export function keeperOf(dataDir: string, change: Partial<Indexing> = {}): IndexKeeper {
  const keeper = IndexKeeper.open({
    dataDir,
    keeping,
    placeOf: () => ({}),
    now: Date.now,
    tell: () => undefined,
    ...change,
  });
  if (keeper === undefined) throw new Error('somebody else keeps this index');
  return keeper;
}

export async function updated(dataDir: string, change: Partial<Indexing> = {}): Promise<void> {
  const keeper = keeperOf(dataDir, change);
  await keeper.catchUp();
  await keeper.close();
}

export interface Letter {
  readonly text: string;
  readonly origin?: Partial<CaptureOrigin>;
}

/** Puts letters into the journal of a data directory; their ids. */
export async function written(
  dataDir: string,
  letters: readonly Letter[],
  { now }: { readonly now?: () => number } = {},
): Promise<readonly string[]> {
  const { journal } = await openJournal(dataDir, now === undefined ? {} : { now });
  const ids: string[] = [];
  for (const { text, origin } of letters) {
    const bytes = Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8');
    ids.push((await keep(journal, bytes, { ...someOrigin, ...origin })).id);
  }
  await journal.close();
  return ids;
}

export async function writtenRuns(dataDir: string, count: number, runs: SpamRuns): Promise<readonly string[]> {
  const { journal } = await openJournal(dataDir);
  const messages = Array.from({ length: count }, () => runs.next());
  const facts = await Promise.all(messages.map(({ bytes, origin }) => keep(journal, bytes, origin)));
  await journal.close();
  return facts.map(({ id }) => id);
}

/** Looks into the index of a data directory as it is. */
export function looking<Result>(dataDir: string, look: (index: IndexReader, database: DatabaseSync) => Result): Result {
  const database = openToRead(indexLayout(dataDir));
  try {
    return look(new IndexReader(database), database);
  } finally {
    database.close();
  }
}

export function search(dataDir: string, filter: string, now = Date.now()): readonly Found[] {
  const query = parseQuery(filter, now);
  const kinds = ['message', 'evidence', 'session'] as const;
  return looking(dataDir, (index) => [...index.all({ query, kinds })]);
}
