import { createHash } from 'node:crypto';
import { defanged } from '../text/defang.ts';
import { formatSize } from '../text/units.ts';
import { barsOverTime, shareBar } from './chart.ts';
import type { ReportFigures, ReportHealth, ReportRanking } from './figures.ts';
import { Html, markup } from './html.ts';
import { style } from './style.ts';

const titles: Readonly<Record<string, string>> = {
  peer: 'Sources',
  country: 'Countries',
  network: 'Networks',
  from: 'Envelope senders',
  domain: 'Targets: domains',
  to: 'Targets: addresses',
  subject: 'Subjects',
  login: 'Logins that were tried',
  rule: 'Rules that matched',
  probe: 'Probes and their fate',
  url: 'Links',
  host: 'Hosts of links',
  attachment: 'Attachments: names',
  type: 'Attachments: types',
  helo: 'What peers called themselves',
  scan: 'Sessions without a message',
  verdict: 'What others said',
};

const linkRankings: ReadonlySet<string> = new Set(['url', 'host']);

/** One page with everything in it: nothing is fetched, nothing runs, and nothing in it can be followed by accident. */
export function reportPage(figures: ReportFigures): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Unwanted mail at ${figures.sensor}</title>
        <style>${new Html(style)}</style>
      </head>
      <body>
        ${header(figures)} ${tiles(figures)} ${volume(figures)} ${campaigns(figures)}
        <div class="grid">
          ${figures.rankings.flatMap(ranking)} ${health('Outputs', figures.outputs)}
          ${health('Mailboxes', figures.mailboxes)}
        </div>
        <footer>
          Made by spamtrap on ${minute(figures.made)} (UTC). Texts are what peers sent; links are written so that nobody
          follows them by accident.
        </footer>
      </body>
    </html>
`;
  return page.text;
}

function header({ sensor, since, until, filter }: ReportFigures): Html {
  const about = filter === '' ? '' : `, ${filter}`;
  return markup`<h1>Unwanted mail at ${sensor}</h1>
    <p class="about">${minute(since)} to ${minute(until)} (UTC)${about}</p>`;
}

function tiles({ messages, bytes, sessions, rankings, differentCampaigns }: ReportFigures): Html {
  const different = (name: string) => rankings.find((each) => each.name === name)?.different ?? 0;
  const all: readonly (readonly [string, string | number])[] = [
    ['messages', messages],
    ['of mail', formatSize(bytes)],
    ['sessions', sessions],
    ['sources', different('peer')],
    ['campaigns', differentCampaigns],
    ['target domains', different('domain')],
  ];
  return markup`<div class="tiles">
    ${all.map(([words, value]) => markup`<div class="tile"><b>${value}</b><span>${words}</span></div>`)}
  </div>`;
}

function volume({ over }: ReportFigures): Html {
  const series = Object.entries(over.intakes).map(([name, counts]) => ({ name, counts }));
  const chart =
    series.length === 0 ? markup`<p class="dim">Nothing came.</p>` : barsOverTime(over.times, series, over.stepMs);
  return markup`<section class="wide">
    <h2>Messages over time</h2>
    ${chart}
  </section>`;
}

function campaigns({ campaigns: all, differentCampaigns }: ReportFigures): Html {
  if (all.length === 0) return markup``;
  const rows = all.map(
    ({ code, name, messages, sources, first, last, perHour, sample }) =>
      markup`<tr>
        <td><code>${code}</code>${name === '' ? markup`` : markup` <b>${name}</b>`}</td>
        <td class="n">${messages}</td>
        <td class="n">${sources}</td>
        <td class="n late">${perHour}</td>
        <td class="when late">${minute(first)}</td>
        <td class="when late">${minute(last)}</td>
        <td>${short(sample)}</td>
      </tr>`,
  );
  return markup`<section class="wide">
    <h2>Campaigns${outOf(all.length, differentCampaigns)}</h2>
    <table>
      <thead>
        <tr>
          <th>campaign</th>
          <th class="n">messages</th>
          <th class="n">sources</th>
          <th class="n late">an hour</th>
          <th class="late">first</th>
          <th class="late">last</th>
          <th>a subject</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

function ranking({ name, top, different }: ReportRanking): Html[] {
  if (top.length === 0) return [];
  const most = top[0]!.count;
  const rows = top.map(({ value, count }) => {
    const shown = linkRankings.has(name) ? defanged(value) : value;
    return markup`<tr>
      <td>${short(shown) || '(empty)'}</td>
      <td class="bar">${shareBar(count, most)}</td>
      <td class="n">${count}</td>
    </tr>`;
  });
  return [
    markup`<section>
      <h2>${titles[name] ?? name}${outOf(top.length, different)}</h2>
      <table>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </section>`,
  ];
}

function health(title: string, all: readonly ReportHealth[]): Html {
  if (all.length === 0) return markup``;
  const rows = all.map(({ name, state, detail }) => {
    const word = state === 'well' ? markup`<span class="good">well</span>` : markup`<span class="bad">troubled</span>`;
    return markup`<tr>
      <td>${name}</td>
      <td>${word}</td>
      <td>${detail}</td>
    </tr>`;
  });
  return markup`<section>
    <h2>${title}</h2>
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

function outOf(shown: number, all: number): Html {
  return all > shown ? markup` <span class="dim">(${shown} of ${all})</span>` : markup``;
}

const longest = 120;

function short(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
