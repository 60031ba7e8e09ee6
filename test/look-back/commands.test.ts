import { beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { indexLayout } from '../../src/lib/index/layout.ts';
import { bytesOf, capturesOnDisk, openJournal, keep, someOrigin } from '../support/journals.ts';
import { jsonLines, runIn } from '../support/commands.ts';
import { sessionOf } from '../support/sessions.ts';
import { SpamRuns } from '../support/spam-runs.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { written, writtenRuns } from '../index/scene.ts';

let dataDir: string;
let hostile: string;

const evil =
  'Subject: \u001b]0;owned\u0007\u202egnp.exe\nFrom: x@y.example\n\nsee http://evil.example/go and www.two.example\n\u001b[2J\n';

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'spamtrap-commands-'));
  await writtenRuns(dataDir, 200, new SpamRuns(51, 5));
  [hostile = ''] = await written(dataDir, [{ text: evil }]);
  const { journal } = await openJournal(dataDir);
  journal.note(
    sessionOf({
      peer: { address: '203.0.113.9', port: 1 },
      scan: 'login',
      credentials: [{ mechanism: 'PLAIN', accepted: false, user: 'root', password: 'toor' }],
    }),
  );
  await keep(journal, Buffer.from('Subject: last\r\n\r\nthe last one\r\n'), someOrigin);
  await journal.close();
});

afterAll(() => rmSync(dataDir, { recursive: true }));

const terminalWords = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

describe('spamtrap log', () => {
  it('shows messages and sessions in their order, the newest last', () => {
    const { stdout, stderr, status } = runIn(dataDir, ['log', '--last', '2']);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(stdout).toContain('session  (login)  login root / toor');
    expect(stdout).toContain('spammer@example.org → victim@example.net  last');
    expect(stderr).toBe('The newest 2 of 203.\n');
  });

  it('is told as JSON and as CSV too', () => {
    const [session] = jsonLines(runIn(dataDir, ['log', '--json', 'credential:toor']).stdout);
    expect(session).toMatchObject({ kind: 'session', logins: ['root / toor'], peer: '203.0.113.9', scan: 'login' });
    const [head, row] = runIn(dataDir, ['log', '--csv', 'credential:toor']).stdout.split('\n');
    expect(head).toMatch(/^time,id,kind,intake,peer,/);
    expect(row).toContain('session,relay,203.0.113.9');
  });
});

describe('spamtrap search', () => {
  it('takes a filter as a shell hands it over', () => {
    const all = jsonLines(runIn(dataDir, ['search', '--all', '--json', 'subject:for anna']).stdout);
    expect(all.length).toBeGreaterThan(5);
    expect(all.every(({ subject }) => /for anna/.test(String(subject)))).toBe(true);
    const ids = runIn(dataDir, ['search', '--ids', '--all', 'subject:for anna']).stdout.trim().split('\n');
    expect(ids).toEqual(all.map(({ id }) => id));
  });

  it('shows nothing that a terminal would act on', () => {
    const { stdout } = runIn(dataDir, ['search', `id:${hostile}`]);
    expect(stdout).toContain('owned');
    expect(stdout).not.toMatch(terminalWords);
  });

  it('finds nothing without failing, and says so', () => {
    expect(runIn(dataDir, ['search', 'subject:nowhere'])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'Nothing was found.\n',
    });
    expect(runIn(dataDir, ['search', '--json', 'subject:nowhere'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('says which word of a filter means nothing', () => {
    const { status, stderr } = runIn(dataDir, ['search', 'sbuject:x']);
    expect(status).toBe(2);
    expect(stderr).toContain('Did you mean subject:?');
  });

  it('says where there is no journal', () => {
    expect(runIn(temporaryDirectory(), ['search', 'x'])).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('spamtrap show', () => {
  it('shows what is known, safe to look at, with links that nobody follows', () => {
    const { stdout, status } = runIn(dataDir, ['show', hostile]);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(terminalWords);
    expect(stdout).toContain('hxxp://evil[.]example/go');
    expect(stdout).not.toContain('http://evil.example');
    expect(stdout).toMatch(/── headers ─/);
    expect(stdout).toMatch(/sha256 +[0-9a-f]{64}/);
  });

  it('gives the exact bytes', () => {
    const capture = capturesOnDisk(dataDir).find(({ facts }) => facts.id === hostile)!;
    expect(runIn(dataDir, ['show', '--raw', hostile]).stdout).toBe(bytesOf(capture).toString('utf8'));
  });

  it('takes the beginning of an id where it is only one, and one page alone', () => {
    const { stdout } = runIn(dataDir, ['show', hostile.toLowerCase(), '--page', 'urls']);
    expect(stdout).toContain('── urls');
    expect(stdout).not.toContain('── headers');
    expect(runIn(dataDir, ['show', '0'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Several messages'),
    });
    expect(runIn(dataDir, ['show', 'zz!'])).toMatchObject({ status: 1, stderr: expect.stringContaining('No message') });
  });

  it('is one object as JSON', () => {
    const shown = JSON.parse(runIn(dataDir, ['show', '--json', hostile]).stdout) as Record<string, unknown>;
    expect(shown).toMatchObject({ id: hostile, judgements: [], facts: { id: hostile, intake: 'relay' } });
  });
});

describe('spamtrap stats', () => {
  it('shows how much, when, and what was most frequent', () => {
    const { stdout } = runIn(dataDir, ['stats']);
    expect(stdout).toMatch(/^202 messages, .* 1 sessions\n/);
    expect(stdout).toMatch(/intake\n +202 +█+ +relay/);
    expect(stdout).toMatch(/login\n +\d+ +█+ +root \/ toor/);
  });

  it('counts by anything, and says what there is otherwise', () => {
    const figures = JSON.parse(runIn(dataDir, ['stats', '--json', '--by', 'attachment', '--by', 'intake']).stdout) as {
      top: Record<string, { top: { value: string; count: number }[]; different: number }>;
    };
    expect(Object.keys(figures.top)).toEqual(['attachment', 'intake']);
    expect(figures.top['attachment']!.top[0]!.value).toMatch(/\.zip$/);
    expect(runIn(dataDir, ['stats', '--csv', '--by', 'intake']).stdout).toBe('by,value,count\nintake,relay,202\n');
    expect(runIn(dataDir, ['stats', '--by', 'hots'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('host'),
    });
    expect(runIn(dataDir, ['stats', '--every', 'soon'])).toMatchObject({ status: 2 });
  });
});

describe('spamtrap campaigns', () => {
  it('lists, shows, names, joins and takes apart', () => {
    const all = jsonLines(runIn(dataDir, ['campaigns', 'list', '--json']).stdout);
    expect(all).toHaveLength(5);
    const [one, two] = all.map(({ code }) => String(code)) as [string, string];
    expect(runIn(dataDir, ['campaigns', 'list']).stdout).toContain(one);
    expect(runIn(dataDir, ['campaigns', 'name', one, 'parcel fees']).status).toBe(0);
    expect(runIn(dataDir, ['campaigns', 'show', 'parcel fees']).stdout).toMatch(new RegExp(`^${one}  parcel fees\n`));
    expect(runIn(dataDir, ['campaigns', 'merge', one, two]).stdout).toContain(`one with ${one}`);
    expect(jsonLines(runIn(dataDir, ['campaigns', 'list', '--json']).stdout)).toHaveLength(4);
    const split = JSON.parse(
      runIn(dataDir, ['campaigns', 'split', one, 'subject:for bert', '--json']).stdout,
    ) as object;
    expect(split).toMatchObject({ campaign: expect.stringMatching(/^c-/) });
    expect(jsonLines(runIn(dataDir, ['campaigns', 'list', '--json']).stdout)).toHaveLength(5);
    expect(runIn(dataDir, ['campaigns', 'show', 'nobody'])).toMatchObject({ status: 1 });
  });
});

describe('spamtrap index', () => {
  it('says what it did, and that another one is at it', () => {
    expect(runIn(dataDir, ['index', 'update']).stdout).toMatch(/^The index has 203 entries, 0 of them new/);
    expect(JSON.parse(runIn(dataDir, ['index', 'rebuild', '--json']).stdout)).toMatchObject({
      entries: 203,
      added: 203,
    });
  });

  it('says so when the index is damaged, and makes it anew', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 500, new SpamRuns(52, 5));
    runIn(dataDir, ['index', 'update']);
    const { database } = indexLayout(dataDir);
    const bytes = readFileSync(database);
    bytes.fill(0xa5, 8 * 4096, bytes.length - 4096);
    writeFileSync(database, bytes);
    const said = runIn(dataDir, ['search', '--as-is', 'subject:anna']);
    expect(said).toMatchObject({ status: 1, stderr: expect.stringContaining('spamtrap index rebuild') });
    expect(runIn(dataDir, ['index', 'rebuild']).stdout).toContain('500 entries');
    expect(runIn(dataDir, ['search', 'subject:anna']).status).toBe(0);
  });
});
