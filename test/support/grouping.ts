import { DatabaseSync } from 'node:sqlite';
import { CampaignBook } from '../../src/lib/index/campaigns/place.ts';
import { schema } from '../../src/lib/index/schema.ts';
import { fingerprintOf } from '../../src/lib/likeness/fingerprint.ts';
import { contentsOf } from '../../src/lib/mime/contents.ts';

export interface Labelled {
  readonly label: number;
  readonly bytes: Buffer;
}

export interface Measured {
  /** Of the pairs that were put together, those that belong together. */
  readonly precision: number;
  /** Of the pairs that belong together, those that were put together. */
  readonly recall: number;
  readonly campaigns: number;
}

/** Has campaigns found in messages as they come, and counts pairs. */
export function measureGrouping(messages: readonly Labelled[]): Measured {
  const database = new DatabaseSync(':memory:');
  database.exec(schema);
  const book = new CampaignBook(database);
  const placed = messages.map(({ label, bytes }, at) => {
    const contents = contentsOf(bytes, bytes.length);
    const print = fingerprintOf(contents);
    const campaign = print === undefined ? -at - 1 : book.place({ id: String(at), at, subject: '', print });
    return { label, campaign };
  });
  database.close();
  const together = pairs(placed.map(({ campaign }) => campaign));
  const belonging = pairs(placed.map(({ label }) => label));
  const both = pairs(placed.map(({ label, campaign }) => `${label} ${campaign}`));
  return {
    precision: both / together,
    recall: both / belonging,
    campaigns: new Set(placed.map(({ campaign }) => campaign)).size,
  };
}

function pairs(groups: readonly (string | number)[]): number {
  const sizes = new Map<string | number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}
