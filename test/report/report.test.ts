import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportFigures } from '../../src/lib/report/figures.ts';
import { markup } from '../../src/lib/report/html.ts';
import { reportPage } from '../../src/lib/report/report-page.ts';
import { runIn } from '../support/commands.ts';
import { peer } from '../support/peers.ts';
import { SpamRuns } from '../support/spam-runs.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { written, writtenRuns } from '../index/scene.ts';

const attack = `"><script>document.title='owned'</script><img src=x onerror="document.title='owned'"></style><style>*{display:none}</style>\u202e\u0000`;

function figuresWith(text: string): ReportFigures {
  const top = [
    { value: text, count: 3 },
    { value: 'http://evil.example/x', count: 1 },
  ];
  return {
    sensor: text,
    made: '2026-11-27T10:00:00.000Z',
    since: '2026-11-20T10:00:00.000Z',
    until: '2026-11-27T10:00:00.000Z',
    filter: text,
    messages: 4,
    bytes: 4_000,
    sessions: 2,
    over: {
      stepMs: 864e5,
      times: ['2026-11-25T00:00:00.000Z', '2026-11-26T00:00:00.000Z'],
      intakes: { relay: [1, 2], [text]: [0, 1] },
    },
    rankings: ['peer', 'url', 'host', 'subject', text].map((name) => ({ name, different: 9, top })),
    campaigns: [
      {
        code: 'c-1',
        name: text,
        messages: 4,
        sources: 2,
        first: '2026-11-25T00:00',
        last: '2026-11-26T00:00',
        perHour: 1,
        sample: text,
      },
    ],
    differentCampaigns: 7,
    outputs: [{ name: text, state: 'troubled', detail: text }],
    mailboxes: [{ name: text, state: 'well', detail: text }],
  };
}

describe('the page', () => {
  it('holds nothing of a peer but text', () => {
    const page = reportPage(figuresWith(attack));
    expect(page.match(/<script|<img|onerror=(?!&)/g)?.filter((found) => !found.startsWith('onerror')) ?? []).toEqual(
      [],
    );
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page.match(/<\/style/g)).toHaveLength(1);
    expect(page).not.toMatch(/[\u0000\u202e]/);
    expect(page).toContain('\\u202e');
  });

  it('asks nobody for anything, and its policy allows nothing but its style', () => {
    const page = reportPage(figuresWith('x'));
    expect(page).not.toMatch(/\b(?:src|href|action|background)\s*=|url\(|@import/i);
    const style = /<style>([^]*)<\/style>/.exec(page)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;`);
    expect(page).not.toMatch(/ style=/);
  });

  it('writes links so that nobody follows them', () => {
    expect(reportPage(figuresWith('x'))).toContain('hxxp://evil[.]example/x');
  });

  it('is whole without anything to tell of', () => {
    const nothing = {
      ...figuresWith('x'),
      rankings: [],
      campaigns: [],
      differentCampaigns: 0,
      outputs: [],
      mailboxes: [],
    };
    const page = reportPage({ ...nothing, over: { stepMs: 6e4, times: [], intakes: {} } });
    expect(page).toContain('Nothing came.');
    expect(page.trimEnd()).toMatch(/<\/html>$/);
  });

  it('escapes whatever is put into HTML', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inner = markup`<b>${text}</b>`.text.slice(3, -4);
        expect(inner).not.toMatch(/[<>"'\u0000-\u001f]/);
        expect(inner.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('spamtrap report', () => {
  it('tells of what the filter and the time mean', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 120, new SpamRuns(41, 4));
    await written(dataDir, [{ text: `Subject: ${attack.replaceAll('\u0000', '')}\n\nhttp://evil.example/` }]);
    const out = join(temporaryDirectory(), 'report.html');
    const said = runIn(dataDir, ['report', '--since', '1d', '-o', out]);
    expect(said).toMatchObject({ status: 0, stdout: `${out} tells of 121 messages.\n` });
    expect(runIn(dataDir, ['report', '-o', out, 'subject:onerror']).stdout).toContain('of 1 messages');
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('hxxp://evil[.]example/');
    expect(page).not.toContain('<script');
    const figures = JSON.parse(runIn(dataDir, ['report', '--json', 'has:attachment']).stdout) as ReportFigures;
    expect(figures.messages).toBeLessThan(121);
    expect(figures.differentCampaigns).toBeGreaterThan(0);
    const { over } = figures;
    expect(
      Object.values(over.intakes)
        .flat()
        .reduce((sum, count) => sum + count, 0),
    ).toBe(figures.messages);
  });

  it('is made for a day, by a timer', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 3, new SpamRuns(1, 1));
    const folder = temporaryDirectory();
    expect(runIn(dataDir, ['report', '--day', 'today', '-o', join(folder, '{day}.html')]).stdout).toMatch(
      /\d{4}-\d{2}-\d{2}\.html tells of 3 messages\.\n$/,
    );
    expect(runIn(dataDir, ['report', '--day', 'yesterday', '-o', join(folder, 'y.html')]).stdout).toContain(
      'of 0 messages',
    );
    expect(runIn(dataDir, ['report', '--day', 'someday'])).toMatchObject({ status: 2 });
  });

  it('says where it cannot be written', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 1, new SpamRuns(1, 1));
    const said = runIn(dataDir, ['report', '-o', '/nonexistent/report.html']);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain('cannot be written to /nonexistent/report.html');
  });
});

peer('chromium')('in a browser', () => {
  const browse = (page: string, ...words: readonly string[]) => {
    const file = join(temporaryDirectory(), 'page.html');
    writeFileSync(file, page);
    const home = temporaryDirectory();
    const own = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${home}`,
      '--virtual-time-budget=2000',
    ];
    return spawnSync('chromium', [...own, ...words, pathToFileURL(file).href], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { PATH: process.env['PATH'], HOME: home },
    });
  };

  it('nothing in it runs, and nothing of it is hidden', () => {
    const { stdout } = browse(reportPage(figuresWith(attack)), '--dump-dom');
    expect(stdout).toContain('<title>Unwanted mail at "&gt;&lt;script&gt;');
    expect(stdout).not.toContain('<title>owned');
    expect(stdout).toContain('<h1>');
    expect(stdout).not.toMatch(/<img|<script/);
    // The same page would be owned, were it not for the escaping and the policy.
    const naked = `<title>x</title><script>document.title='owned'</script>`;
    expect(browse(naked, '--dump-dom').stdout).toContain('<title>owned');
  });

  it('its style holds: the policy names it', () => {
    const probe = `<!doctype html>${reportPage(figuresWith('x'))}`;
    const out = join(temporaryDirectory(), 'shot.png');
    const { stderr } = browse(probe, `--screenshot=${out}`, '--window-size=800,600', '--enable-logging=stderr');
    expect(stderr).not.toMatch(/violates the following Content Security Policy/);
    expect(readFileSync(out).subarray(1, 4).toString()).toBe('PNG');
  });
});
