import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CaptureFacts, SessionFacts } from '../../../src/lib/capture/capture.ts';
import { createIdSource, type Id } from '../../../src/lib/capture/id.ts';
import type { RuleMatch } from '../../../src/lib/capture/rule-match.ts';
import { DayFigures, emptyDay } from '../../../src/lib/outputs/daybook/day-figures.ts';
import { Daybook } from '../../../src/lib/outputs/daybook/daybook.ts';
import { daySummary, ruleHits } from '../../../src/lib/outputs/daybook/read-daybook.ts';
import { summarize } from '../../../src/lib/outputs/daybook/summary.ts';
import { someOrigin } from '../../support/journals.ts';
import { sessionOf } from '../../support/sessions.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const ids = createIdSource(Date.now, randomInt);
const day = '2026-11-20';
const utcDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const match = (rule: string, hook: RuleMatch['hook'] = 'message'): RuleMatch => ({
  rule,
  kind: 'probe',
  hook,
  because: 'of a test',
});

function messageOf(details: Partial<CaptureFacts> = {}): CaptureFacts {
  return {
    ...someOrigin,
    id: ids.next(),
    receivedAt: `${day}T12:00:00.000Z`,
    sha256: '0'.repeat(64),
    size: 1000,
    ...details,
  };
}

interface NotedSession {
  readonly id: Id;
  readonly session: SessionFacts;
}
const noted = (details: Partial<SessionFacts> = {}): NotedSession => ({ id: ids.next(), session: sessionOf(details) });

const quiet = sessionOf({ scan: 'login' });

type Item = CaptureFacts | NotedSession;

function open(dataDir: string): { daybook: Daybook; upTo: Id | undefined } {
  const daybook = new Daybook(dataDir, utcDay);
  return { daybook, upTo: daybook.recall() };
}

function count(daybook: Daybook, items: readonly Item[]): void {
  for (const item of items) {
    if ('session' in item) daybook.session(item.id, item.session);
    else daybook.message(item);
  }
}

/** A day in the life: what the journal has of it, in its order. */
function someItems(): Item[] {
  return Array.from({ length: 20 }, (_, index) => [
    messageOf({ rules: { revision: 'r', matches: [match('relay-test')], probe: 'relay-test' } }),
    noted({ peer: { address: `192.0.2.${index}`, port: 1 }, scan: 'login', rules: [match('greedy', 'auth')] }),
    messageOf({ receivedAt: `2026-11-${String(18 + (index % 3))}T12:00:00.000Z` }),
  ]).flat();
}

function summaries(dataDir: string): unknown {
  return {
    days: ['2026-11-18', '2026-11-19', day].map((each) => daySummary(dataDir, each)),
    rules: [...ruleHits(dataDir)],
  };
}

describe('the figures of a day', () => {
  it('hold messages, sessions and what both tell', () => {
    const dataDir = temporaryDirectory();
    const { daybook } = open(dataDir);
    const tried = { mechanism: 'LOGIN', user: 'admin', password: 'admin', accepted: true };
    count(daybook, [
      messageOf({ envelope: { from: 'a@b.example', to: ['x@One.Example', 'y@one.example', 'nobody'] } }),
      messageOf({ rules: { revision: 'r', matches: [match('dull')], contentDropped: true } }),
      messageOf({ rules: { revision: 'r', matches: [match('relay-test')], probe: 'relay-test' } }),
      noted({ messages: 3, helo: 'me.example' }),
      noted({ scan: 'login', credentials: [tried, tried, { mechanism: 'PLAIN', raw: '=', accepted: false }] }),
      noted({ scan: 'silent', peer: { address: '2001:db8:1:2:3::1', port: 1 } }),
    ]);
    daybook.save();
    expect(daySummary(dataDir, day)).toEqual({
      version: 1,
      day,
      messages: { count: 3, bytes: 3000, withoutContent: 1 },
      sessions: {
        count: 3,
        withMessages: 1,
        scans: { silent: 1, foreign: 0, login: 1, relayTest: 0, userTest: 0, features: 0 },
      },
      credentials: {
        tried: 3,
        accepted: 2,
        pairs: {
          total: 3,
          error: 0,
          top: [
            { user: 'admin', password: 'admin', count: 2, over: 0 },
            { user: null, password: null, count: 1, over: 0 },
          ],
        },
      },
      sources: {
        sessions: {
          addresses: {
            total: 3,
            error: 0,
            top: [
              { value: '192.0.2.1', count: 2, over: 0 },
              { value: '2001:db8:1:2:3::1', count: 1, over: 0 },
            ],
          },
          networks: {
            total: 3,
            error: 0,
            top: [
              { value: '192.0.2.0/24', count: 2, over: 0 },
              { value: '2001:db8:1:2::/64', count: 1, over: 0 },
            ],
          },
        },
        messages: {
          addresses: { total: 3, error: 0, top: [{ value: '192.0.2.1', count: 3, over: 0 }] },
          networks: { total: 3, error: 0, top: [{ value: '192.0.2.0/24', count: 3, over: 0 }] },
        },
      },
      helo: { total: 1, error: 0, top: [{ value: 'me.example', count: 1, over: 0 }] },
      recipientDomains: {
        total: 5,
        error: 0,
        top: [
          { value: 'example.net', count: 2, over: 0 },
          { value: 'one.example', count: 2, over: 0 },
          { value: '', count: 1, over: 0 },
        ],
      },
      rules: [
        { rule: 'dull', kind: 'probe', count: 1, lastAt: `${day}T12:00:00.000Z` },
        { rule: 'relay-test', kind: 'probe', count: 1, lastAt: `${day}T12:00:00.000Z` },
      ],
      probes: { count: 1 },
    });
  });

  it('name the client of the mail server before us as the source of a message', () => {
    const dataDir = temporaryDirectory();
    const { daybook } = open(dataDir);
    const from = (addr: string) => messageOf({ evidence: { ...someOrigin.evidence!, forwarded: { addr, name: 'x' } } });
    count(daybook, [from('198.51.100.7'), from('IPV6:2001:db8::7'), from('[UNAVAILABLE]')]);
    daybook.save();
    expect(
      daySummary(dataDir, day)
        ?.sources.messages.addresses.top.map(({ value }) => value)
        .sort(),
    ).toEqual(['192.0.2.1', '198.51.100.7', '2001:db8::7']);
  });

  it('count a rule once, though session and message both tell of it', () => {
    const dataDir = temporaryDirectory();
    const { daybook } = open(dataDir);
    const rules = [match('bad-name', 'helo'), match('bad-sender', 'mail')];
    count(daybook, [
      messageOf({ rules: { revision: 'r', matches: [...rules, match('relay-test')] } }),
      messageOf({ rules: { revision: 'r', matches: [rules[0]!, match('relay-test')] } }),
      noted({ messages: 2, rules }),
      // Without a message nobody but the session tells of what came before one.
      noted({ messages: 0, rules, scan: 'relayTest' }),
    ]);
    daybook.save();
    const hits = [...ruleHits(dataDir)].map(([rule, hit]) => [rule, hit.count]);
    expect(new Map(hits as [string, number][])).toEqual(
      new Map([
        ['bad-name', 2],
        ['bad-sender', 2],
        ['relay-test', 2],
      ]),
    );
  });

  it('belong to the local day, whichever that is', () => {
    const dataDir = temporaryDirectory();
    const daybook = new Daybook(dataDir, (ms) => utcDay(ms + 3 * 36e5));
    daybook.recall();
    count(daybook, [
      messageOf({ receivedAt: '2026-11-20T20:59:59.999Z' }),
      messageOf({ receivedAt: '2026-11-20T21:00:00.000Z' }),
    ]);
    daybook.save();
    expect(daySummary(dataDir, '2026-11-20')?.messages.count).toBe(1);
    expect(daySummary(dataDir, '2026-11-21')?.messages.count).toBe(1);
  });

  it('take the same room after a million peers as after a thousand', () => {
    const figures = new DayFigures(emptyDay(day));
    for (let index = 0; index < 1_000_000; index++) {
      const often = index % 10 === 0;
      const address = often ? '203.0.113.9' : `10.${index >> 16}.${(index >> 8) & 0xff}.${index & 0xff}`;
      const helo = String(index);
      const credentials = [{ mechanism: 'PLAIN', user: helo, password: helo, accepted: false }];
      figures.session({ ...quiet, peer: { address, port: 1 }, helo, credentials });
    }
    const kept = figures.kept(ids.next());
    for (const { counts } of Object.values(kept.tops)) expect(counts.length).toBeLessThanOrEqual(512);
    const { addresses } = summarize(kept, 20).sources.sessions;
    expect(addresses.total).toBe(1_000_000);
    expect(addresses.error).toBeLessThanOrEqual(1_000_000 / 512);
    const [first] = addresses.top;
    expect(first?.value).toBe('203.0.113.9');
    expect(first!.count - first!.over).toBeLessThanOrEqual(100_000);
    expect(first!.count).toBeGreaterThanOrEqual(100_000);
  });

  it('keep of a word no more than its beginning', () => {
    const dataDir = temporaryDirectory();
    const { daybook } = open(dataDir);
    const long = 'x'.repeat(100_000);
    const halved = `${'x'.repeat(126)}😀${long}`;
    const credentials = [{ mechanism: 'PLAIN', user: long, password: long, accepted: false }];
    count(daybook, [noted({ helo: halved, credentials }), messageOf({ envelope: { from: '', to: [`a@${long}`] } })]);
    daybook.save();
    const { helo, credentials: tried, recipientDomains } = daySummary(dataDir, day)!;
    const cut = `${'x'.repeat(127)}…`;
    expect(helo.top[0]?.value).toBe(`${'x'.repeat(126)}…`);
    expect(tried.pairs.top[0]).toMatchObject({ user: cut, password: cut });
    expect(recipientDomains.top[0]?.value).toBe(cut);
  });

  it('stay for 62 days, and the oldest go', () => {
    const dataDir = temporaryDirectory();
    const { daybook } = open(dataDir);
    const date = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
    for (let index = 0; index < 70; index++) {
      count(daybook, [messageOf({ receivedAt: date(index) })]);
      if (index % 9 === 0) daybook.save();
    }
    // What is older than all that is kept does not come back.
    count(daybook, [messageOf({ receivedAt: date(0) })]);
    daybook.save();
    const files = readdirSync(join(dataDir, 'daybook')).filter((name) => /^\d/.test(name));
    expect(files).toHaveLength(62);
    expect(files.sort()[0]).toBe(`${date(8).slice(0, 10)}.json`);
    expect(open(dataDir).upTo).toBeDefined();
  });
});

describe('counting once', () => {
  it('holds although everything comes again, in this process and in the next', () => {
    const [once, often] = [temporaryDirectory(), temporaryDirectory()];
    const items = someItems();
    const reference = open(once).daybook;
    count(reference, items);
    reference.save();

    for (let upTo = 0; upTo <= items.length; upTo += 7) {
      const { daybook } = open(often);
      for (let time = 0; time < 2; time++) count(daybook, items.slice(0, upTo));
      daybook.save();
      count(daybook, items.slice(0, upTo + 3));
      // No save: what was counted last dies with the process.
    }
    const { daybook } = open(often);
    count(daybook, items);
    daybook.save();
    expect(summaries(often)).toEqual(summaries(once));
  });

  it.each<[readonly string[]]>([
    [[]],
    [['2026-11-18.json']],
    [['2026-11-18.json', '2026-11-20.json']],
    [['all days', 'rules.json']],
  ])('holds when the process dies after it has written %j of what a checkpoint writes', (written) => {
    const [once, died] = [temporaryDirectory(), temporaryDirectory()];
    const items = someItems();
    const reference = open(once).daybook;
    count(reference, items);
    reference.save();

    const first = open(died).daybook;
    count(first, items.slice(0, 25));
    first.save();
    const before = join(temporaryDirectory(), 'before');
    cpSync(join(died, 'daybook'), before, { recursive: true });
    count(first, items.slice(25, 50));
    first.save();
    const isWritten = (name: string) => written.includes(name) || (/^\d/.test(name) && written.includes('all days'));
    for (const name of readdirSync(before)) {
      if (!isWritten(name)) copyFileSync(join(before, name), join(died, 'daybook', name));
    }

    const { daybook, upTo } = open(died);
    const last = items[24]!;
    expect(upTo).toBe(last.id);
    count(daybook, items.slice(25));
    daybook.save();
    expect(summaries(died)).toEqual(summaries(once));
  });
});

describe('a damaged daybook', () => {
  const damages: Record<string, (path: string) => void> = {
    empty: (path) => writeFileSync(path, ''),
    'cut short': (path) => writeFileSync(path, readFileSync(path).subarray(0, -30)),
    'changed in one figure': (path) =>
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(/\d(?=\D*\n)/, (digit) => String((Number(digit) + 1) % 10)),
      ),
    'longer than it was': (path) => appendFileSync(path, '{}\n'),
    'of a version to come': (path) => {
      const line = '{"version":2,"days":[],"hits":[]}\n';
      writeFileSync(path, `${line}${JSON.stringify({ crc32: crc32(line) })}\n`);
    },
    gone: (path) => rmSync(path),
  };
  const files = ['state.json', `${day}.json`, 'rules.json'];

  it.each(files.flatMap((file) => Object.keys(damages).map((damage) => [file, damage] as const)))(
    'whose %s is %s wants everything again, and counts it once',
    (file, damage) => {
      const [once, dataDir] = [temporaryDirectory(), temporaryDirectory()];
      const items = someItems();
      for (const directory of [once, dataDir]) {
        const { daybook } = open(directory);
        count(daybook, items);
        daybook.save();
      }
      const path = join(dataDir, 'daybook', file);
      damages[damage]!(path);
      const { daybook, upTo } = open(dataDir);
      expect(upTo).toBeUndefined();
      if (damage !== 'gone') expect(existsSync(`${path}.damaged`)).toBe(true);

      // A checkpoint in the middle, and a death after it, change nothing.
      count(daybook, items.slice(0, 10));
      daybook.save();
      const again = open(dataDir);
      expect(again.upTo).toBe(items[9]!.id);
      count(again.daybook, items);
      again.daybook.save();
      expect(summaries(dataDir)).toEqual(summaries(once));
      expect(open(dataDir).upTo).toBe(items.at(-1)!.id);
    },
  );

  it('is told to those who only read, with what to do', () => {
    const dataDir = temporaryDirectory();
    const { daybook } = open(dataDir);
    count(daybook, someItems());
    daybook.save();
    for (const name of ['rules.json', `${day}.json`]) writeFileSync(join(dataDir, 'daybook', name), '{}');
    expect(() => ruleHits(dataDir)).toThrow(/is damaged/);
    expect(() => daySummary(dataDir, day)).toThrow(/is damaged/);
  });
});

describe('reading from another process', () => {
  it('finds nothing where nothing was counted, and no file that is none of a day', () => {
    const dataDir = temporaryDirectory();
    expect(daySummary(dataDir, day)).toBeUndefined();
    expect(ruleHits(dataDir).size).toBe(0);
    const { daybook } = open(dataDir);
    count(daybook, someItems());
    daybook.save();
    expect(daySummary(dataDir, '../daybook/rules')).toBeUndefined();
    expect(daySummary(dataDir, 'state')).toBeUndefined();
  });
});
