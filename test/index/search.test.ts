import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Found } from '../../src/lib/index/found.ts';
import { fields, type FieldName } from '../../src/lib/query/fields.ts';
import { filterFrom } from '../../src/lib/query/matches.ts';
import { parseQuery } from '../../src/lib/query/parse-query.ts';
import { someOrigin } from '../support/journals.ts';
import { search, updated, written, writtenRuns, looking } from './scene.ts';
import { SpamRuns } from '../support/spam-runs.ts';

let dataDir: string;
let ids: readonly string[];

const evidence = someOrigin.evidence!;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'spamtrap-search-'));
  ids = await written(dataDir, [
    {
      text: [
        'From: Ann <ann@bank.example>',
        'Cc: copy@other.example',
        'Subject: =?utf-8?B?VW5wYWlkIElOVk9JQ0UgR3LDvMOfZQ==?=',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'Pay now at http://Login.Evil.example:8080/pay?id=7 please',
        '--b',
        'Content-Type: application/x-msdownload; name="Invoice.EXE"',
        'Content-Transfer-Encoding: base64',
        '',
        'TVqQAAMAAAAEAAAA',
        '--b--',
        '',
      ].join('\n'),
      origin: {
        envelope: { from: 'bounce@bulk.example', to: ['one@trap.example', 'Two@Trap.example'] },
        evidence: {
          ...evidence,
          peer: { address: '198.51.100.77', port: 1 },
          helo: 'ylmf-pc',
          credentials: [{ mechanism: 'LOGIN', accepted: true, user: 'admin', password: 'hunter2' }],
        },
        tags: ['phish'],
        rules: {
          revision: 'r1',
          matches: [{ rule: 'fake-invoice', kind: 'phish', hook: 'message', because: 'x' }],
          probe: 'subject-ip',
        },
      },
    },
    {
      text: 'Subject: plain\n\nnothing to see',
      origin: {
        intake: 'lmtp',
        envelope: { from: '', to: ['one@trap.example'] },
        evidence: { ...evidence, peer: { address: '2001:db8:1::5', port: 1 }, helo: 'mx.example' },
      },
    },
    {
      text: 'Subject: 100%_sure; DROP TABLE entries;--\n\n$(touch /tmp/x) `id`',
      origin: { envelope: { from: 'o\'brien"@x.example', to: ['a*b?[c]@trap.example'] } },
    },
  ]);
  await writtenRuns(dataDir, 200, new SpamRuns(5, 10));
  await updated(dataDir);
});

afterAll(() => rmSync(dataDir, { recursive: true }));

const found = (filter: string) => search(dataDir, filter).map(({ id }) => id);

describe('a message is found', () => {
  it.each([
    'subject:invoice',
    'subject:"unpaid invoice grüße"',
    'subject:GRÜSSE,grüße',
    'from:bounce@bulk.example',
    'from:ann@bank.example',
    'from:*@bulk.example',
    'to:two@trap',
    'to:copy@other.example',
    'ip:198.51.100.77',
    'ip:198.51.100.0/26,198.51.100.64/26',
    'helo:ylmf',
    'url:login.evil.example',
    'url:*/pay?id=7',
    'attachment:invoice.exe',
    'attachment:*.exe',
    'attachment:x-msdownload',
    'attachment:dc9ce2ea6b3f3d4d31e5ea8ec61e9e3b94d0f3d8,invoice',
    'credential:hunter2',
    'credential:admin',
    'tag:phish',
    'rule:fake-invoice',
    'text:"pay now"',
    'recipients:2 intake:relay subject:unpaid',
    'has:attachment attachment:exe',
    'has:credential rule:fake-*',
    'ylmf-pc',
    'hunter2',
    'since:1h subject:unpaid',
  ])('by %s', (filter) => {
    expect(found(filter)).toContain(ids[0]);
    expect(found(filter)).not.toContain(ids[1]);
    expect(found(`${filter} !subject:unpaid`)).not.toContain(ids[0]);
  });

  it.each(['from:<>', 'ip:2001:db8::/32', 'intake:lmtp', 'size:<40', '!has:url subject:plain'])(
    'alone by %s',
    (filter) => {
      expect(found(filter)).toEqual([ids[1]]);
    },
  );

  it.each(['100%_sure', '"; DROP TABLE"', 'from:"o\'brien\\""', 'to:"a*b?[c]"', 'text:"$(touch"', 'text:"`id`"'])(
    'though its text means something elsewhere: %s',
    (filter) => {
      expect(found(filter)).toEqual([ids[2]]);
    },
  );

  it('by its id, the hash of its bytes, and their beginnings', () => {
    const [{ sha256 = '' } = { sha256: '' }] = search(dataDir, `id:${ids[0]}`);
    expect(found(`id:${ids[0]!.toLowerCase()}`)).toEqual([ids[0]]);
    expect(found(`sha256:${sha256.slice(0, 12)}`)).toEqual([ids[0]]);
  });

  it('with everything that is known of it', () => {
    expect(search(dataDir, `id:${ids[0]}`)[0]).toMatchObject({
      kind: 'message',
      intake: 'relay',
      peer: '198.51.100.77',
      helo: 'ylmf-pc',
      from: 'bounce@bulk.example',
      to: ['one@trap.example', 'Two@Trap.example'],
      authors: ['ann@bank.example'],
      readers: ['copy@other.example'],
      subject: 'Unpaid INVOICE Grüße',
      hosts: ['login.evil.example'],
      attachments: [{ name: 'Invoice.EXE', type: 'application/x-msdownload', size: 12 }],
      logins: ['admin / hunter2'],
      rules: ['fake-invoice'],
      tags: ['phish'],
    });
  });
});

/** What the same filter sees of a message that is in memory. */
function inMemory(message: Found): Parameters<ReturnType<typeof filterFrom>>[0] {
  const { from, subject, text, helo, peer } = message;
  const some = (value: string | undefined) => (value === undefined ? [] : [value]);
  const texts: Partial<Record<FieldName, readonly string[]>> = {
    from: [...some(from), ...message.authors],
    to: [...message.to, ...message.readers],
    subject: some(subject),
    text: some(text),
    helo: some(helo),
    ip: some(peer),
    country: [],
    network: [],
    intake: [message.intake],
    size: [String(message.size)],
    recipients: [String(message.recipients)],
    url: [...message.urls, ...message.hosts],
    attachment: message.attachments.flatMap(({ name, type, sha256 }) => [name, type, sha256]),
    credential: [...message.users, ...message.passwords, ...message.logins],
    rule: message.rules,
    tag: message.tags,
    probe: some(message.probe),
    verdict: message.verdicts,
    session: some(message.session),
    id: [message.id],
    sha256: some(message.sha256),
  };
  return {
    time: Date.parse(message.time),
    texts: (field) => texts[field],
    anything: () => Object.values(texts).flat().join('\n').toLowerCase(),
  };
}

it('means the same to the database and in memory, whatever is asked', () => {
  const now = Date.now();
  const all = search(dataDir, '', now);
  const names = (Object.keys(fields) as FieldName[]).filter((name) => {
    return !['since', 'until', 'ip', 'size', 'recipients', 'has', 'campaign', 'country', 'network'].includes(name);
  });
  const value = fc.constantFrom(
    'a',
    'an',
    'invoice',
    'anna',
    '*.example',
    '*a*e*',
    '=plain',
    '"a*b"',
    'x,y',
    'ba,ce',
    '""',
    '198',
    '01',
  );
  const text = fc
    .tuple(fc.constantFrom('', '!'), fc.constantFrom(...names), value)
    .map(([not, name, what]) => `${not}${name}:${what}`);
  const rest = fc.constantFrom(
    'ip:198.51.0.0/16',
    '!ip:2001:db8::/32',
    'size:>2000',
    'recipients:1',
    'until:0s',
    'since:0s',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(text, rest), { minLength: 1, maxLength: 3 }), (terms) => {
      const filter = filterFrom(parseQuery(terms.join(' '), now));
      const expected = all.filter((message) => filter(inMemory(message))).map(({ id }) => id);
      expect(search(dataDir, terms.join(' '), now).map(({ id }) => id)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

it('is asked and never told: no filter changes the index', () => {
  const before = looking(dataDir, (index) => index.totals({ query: [], kinds: ['message'] }));
  const nasty = fc.constantFrom(
    "'",
    '"',
    ';',
    '--',
    '/*',
    '\0',
    '%',
    '_',
    '\\',
    ')',
    "') OR 1=1 --",
    '$(id)',
    '`id`',
    '|',
    '&',
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(fields)), fc.array(nasty, { maxLength: 6 }), (name, pieces) => {
      try {
        search(dataDir, `${name}:${pieces.join('')}`);
      } catch (error) {
        expect(error).toMatchObject({ code: 'filter' });
      }
    }),
  );
  expect(looking(dataDir, (index) => index.totals({ query: [], kinds: ['message'] }))).toEqual(before);
});
