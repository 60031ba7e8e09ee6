import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CampaignDesk } from '../../src/lib/index/campaigns/edit.ts';
import { listCampaigns } from '../../src/lib/index/campaigns/look.ts';
import { indexLayout } from '../../src/lib/index/layout.ts';
import { openToWrite } from '../../src/lib/index/open-index.ts';
import { journalLayout } from '../../src/lib/journal/layout.ts';
import { parseQuery } from '../../src/lib/query/parse-query.ts';
import { SpamRuns } from '../support/spam-runs.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { keeperOf, looking, search, updated, writtenRuns } from './scene.ts';

const all = { query: [], kinds: ['message'] as const };

function campaigns(dataDir: string) {
  return looking(dataDir, (_, database) => listCampaigns(database, all, { least: 1, most: 100 }));
}

function decide<Result>(dataDir: string, decision: (desk: CampaignDesk) => Result): Result {
  const layout = indexLayout(dataDir);
  const database = openToWrite(layout.database);
  try {
    return decision(new CampaignDesk(database, layout.decisions));
  } finally {
    database.close();
  }
}

/** Which messages are in which campaign. */
function members(dataDir: string): ReadonlyMap<string, string | undefined> {
  return new Map(search(dataDir, '').map(({ id, campaign }) => [id, campaign]));
}

async function rebuilt(dataDir: string): Promise<void> {
  const keeper = keeperOf(dataDir);
  await keeper.rebuild();
  await keeper.close();
}

async function withRuns(runs: number, count: number): Promise<string> {
  const dataDir = temporaryDirectory();
  await writtenRuns(dataDir, count, new SpamRuns(21, runs));
  await updated(dataDir);
  return dataDir;
}

describe('campaigns', () => {
  it('are as many as there are runs, with their figures', async () => {
    const dataDir = await withRuns(8, 400);
    const found = campaigns(dataDir);
    expect(found).toHaveLength(8);
    expect(found.reduce((sum, { messages }) => sum + messages, 0)).toBe(400);
    for (const { messages, sources, first, last, sample } of found) {
      expect(sources).toBeGreaterThan(1);
      expect(sources).toBeLessThanOrEqual(messages);
      expect(first <= last).toBe(true);
      expect(sample).toMatch(/ for /);
    }
  });

  it('have the same codes when they are found again, and as further messages come', async () => {
    const dataDir = await withRuns(5, 200);
    const before = members(dataDir);
    await rebuilt(dataDir);
    expect(members(dataDir)).toEqual(before);
    rmSync(indexLayout(dataDir).root, { recursive: true });
    await updated(dataDir);
    expect(members(dataDir)).toEqual(before);
    await writtenRuns(dataDir, 100, new SpamRuns(21, 5));
    await updated(dataDir);
    expect(new Set(campaigns(dataDir).map(({ code }) => code))).toEqual(new Set(before.values()));
  });
});

describe('what people say of campaigns', () => {
  it('is a name, by which they are found', async () => {
    const dataDir = await withRuns(3, 90);
    const [{ code, messages } = { code: '', messages: 0 }] = campaigns(dataDir);
    decide(dataDir, (desk) => desk.name(code, "parcel 'fees'"));
    expect(search(dataDir, `campaign:"Parcel 'Fees'"`)).toHaveLength(messages);
    expect(search(dataDir, `campaign:${code}`)).toHaveLength(messages);
    await rebuilt(dataDir);
    expect(campaigns(dataDir)[0]).toMatchObject({ code, name: "parcel 'fees'" });
  });

  it('holds also when the index is lost, and the message that founded it has left the journal', async () => {
    const dataDir = await withRuns(1, 20);
    const [{ code } = { code: '' }] = campaigns(dataDir);
    decide(dataDir, (desk) => desk.name(code, 'known'));
    rmSync(indexLayout(dataDir).database);
    rmSync(journalLayout(dataDir).root, { recursive: true });
    await writtenRuns(dataDir, 10, new SpamRuns(22, 1));
    await updated(dataDir);
    expect(campaigns(dataDir)).toMatchObject([{ code, name: 'known', messages: 10 }]);
  });

  it('joins them: the former codes lead to the one that is left, now and later', async () => {
    const dataDir = await withRuns(4, 200);
    const [one, two, three] = campaigns(dataDir).map(({ code }) => code) as [string, string, string];
    decide(dataDir, (desk) => desk.merge(two, [three]));
    decide(dataDir, (desk) => desk.merge(one, [two]));
    const together = search(dataDir, `campaign:${three}`);
    expect(together.length).toBeGreaterThan(100);
    expect(new Set(together.map(({ campaign }) => campaign))).toEqual(new Set([one]));
    const before = members(dataDir);
    await rebuilt(dataDir);
    expect(members(dataDir)).toEqual(before);
    expect(search(dataDir, `campaign:${three}`)).toHaveLength(together.length);
    await writtenRuns(dataDir, 60, new SpamRuns(21, 4));
    await updated(dataDir);
    expect(campaigns(dataDir)).toHaveLength(2);
  });

  it('takes them apart, and both halves stay as they were said to be', async () => {
    const dataDir = await withRuns(2, 120);
    const [{ code, messages } = { code: '', messages: 0 }] = campaigns(dataDir);
    const query = parseQuery('subject:anna', Date.now());
    const part = decide(dataDir, (desk) => desk.split(code, query));
    const taken = search(dataDir, `campaign:${part}`).length;
    expect(taken).toBeGreaterThan(0);
    expect(search(dataDir, `campaign:${code}`)).toHaveLength(messages - taken);
    const before = members(dataDir);
    await rebuilt(dataDir);
    expect(members(dataDir)).toEqual(before);
    decide(dataDir, (desk) => desk.merge(code, [part]));
    expect(search(dataDir, `campaign:${code}`)).toHaveLength(messages);
    await rebuilt(dataDir);
    expect(search(dataDir, `campaign:${part}`)).toHaveLength(messages);
  });

  it('is refused where it means nothing', async () => {
    const dataDir = await withRuns(2, 40);
    const [{ code } = { code: '' }] = campaigns(dataDir);
    const refused = (decision: (desk: CampaignDesk) => unknown) => {
      try {
        decide(dataDir, decision);
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    expect(refused((desk) => desk.name('c-nothing', 'x'))).toBe('campaigns.unknown');
    expect(refused((desk) => desk.merge(code, [code]))).toBe('campaigns.nothing-to-do');
    expect(refused((desk) => desk.split(code, parseQuery('subject:nowhere', 0)))).toBe('campaigns.nothing-to-do');
    expect(refused((desk) => desk.split(code, []))).toBe('campaigns.nothing-to-do');
  });

  it('is taken note of by whoever is keeping the index at the time', async () => {
    const dataDir = await withRuns(2, 60);
    const keeper = keeperOf(dataDir);
    await keeper.catchUp();
    const [one, two] = campaigns(dataDir).map(({ code }) => code) as [string, string];
    decide(dataDir, (desk) => desk.merge(one, [two]));
    await writtenRuns(dataDir, 40, new SpamRuns(21, 2));
    await keeper.catchUp();
    await keeper.close();
    expect(campaigns(dataDir)).toMatchObject([{ code: one, messages: 100 }]);
  });

  it.each(['{"version": 2, "campaigns": []}', '{"version": 1}', 'no JSON', '{"version":1,"campaigns":[{"code":"c"}]}'])(
    'cannot be read, and nothing is lost: %s',
    async (text) => {
      const dataDir = await withRuns(1, 10);
      const { decisions, database } = indexLayout(dataDir);
      writeFileSync(decisions, text);
      rmSync(database);
      const keeper = keeperOf(dataDir);
      await expect(keeper.catchUp()).rejects.toMatchObject({ code: 'campaigns.file' });
      await keeper.close();
      expect(readFileSync(decisions, 'utf8')).toBe(text);
    },
  );
});
