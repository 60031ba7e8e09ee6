import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { mboxEntry } from '../../src/lib/export/mbox.ts';
import { Gathering } from '../../src/lib/export/gather-indicators.ts';
import { indicatorRow } from '../../src/lib/export/indicator-csv.ts';
import { mispEvent } from '../../src/lib/export/misp.ts';
import { stixBundle } from '../../src/lib/export/stix.ts';
import { uuidFrom } from '../../src/lib/export/uuid.ts';
import type { Found } from '../../src/lib/index/found.ts';
import { publicAddresses } from '../../src/lib/net/public-address.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { jsonLines, runIn } from '../support/commands.ts';
import { leftOutName } from '../support/left-out.ts';
import { peer } from '../support/peers.ts';
import { mispCheck, stixCheck } from '../support/published-schemas.ts';
import { SpamRuns } from '../support/spam-runs.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { written, writtenRuns } from '../index/scene.ts';

const message: Found = {
  id: '01JDPQ8Z000000000000000000',
  kind: 'message',
  time: '2026-11-26T10:00:00.000Z',
  intake: 'relay',
  peer: '8.8.4.4',
  from: 'spammer@bulk.example',
  to: ['victim@trap.example'],
  recipients: 1,
  authors: [],
  readers: [],
  subject: `it's "urgent" \\ now`,
  size: 1000,
  sha256: 'a'.repeat(64),
  rules: [],
  tags: [],
  urls: ["http://evil.example/a'b", 'http://10.0.0.1/x', 'http://www.w3.org/1999', 'no link'],
  hosts: ['evil.example', '10.0.0.1', 'www.w3.org'],
  attachments: [{ name: 'in|voice.exe', type: 'application/x', size: 3, sha256: 'b'.repeat(64) }],
  logins: [],
  users: [],
  passwords: [],
  verdicts: [],
  campaign: 'c-7k2m9q4',
};

function indicatorsOf(messages: readonly Found[], allowed: readonly string[] = []) {
  const gathering = new Gathering(publicAddresses([]), allowed);
  for (const each of messages) gathering.add(each);
  return gathering.all();
}

const reported = (messages: readonly Found[]) => ({
  sensor: 'trap-1',
  title: 'Unwanted mail',
  indicators: indicatorsOf(messages),
  at: Date.parse('2026-11-27T00:00:00Z'),
});

describe('indicators', () => {
  it('are what a stranger used, each once, with how often and when', () => {
    const later = { ...message, time: '2026-11-27T10:00:00.000Z', campaign: 'c-other' };
    expect(indicatorsOf([message, later]).map(({ kind, value, count }) => [kind, value, count])).toEqual([
      ['ip', '8.8.4.4', 2],
      ['url', "http://evil.example/a'b", 2],
      ['host', 'evil.example', 2],
      ['sender', 'spammer@bulk.example', 2],
      ['subject', `it's "urgent" \\ now`, 2],
      ['sha256', 'b'.repeat(64), 2],
    ]);
    expect(indicatorsOf([message, later])[0]).toMatchObject({
      first: Date.parse(message.time),
      last: Date.parse(later.time),
      campaigns: ['c-7k2m9q4', 'c-other'],
    });
  });

  it('are no addresses that no stranger can have, and nothing that is allowed', () => {
    const own = { ...message, peer: '127.0.0.1', urls: ['http://cdn.good.example/x'], hosts: ['cdn.good.example'] };
    const kinds = indicatorsOf([own], ['good.example']).map(({ kind }) => kind);
    expect(kinds).toEqual(['sender', 'subject', 'sha256']);
  });

  it('are written so that nobody follows them, and no spreadsheet takes them for a formula', () => {
    const [ip, url] = indicatorsOf([message]);
    expect(indicatorRow(ip!, 'defanged')).toMatch(/^ip,8\[\.\]8\[\.\]4\[\.\]4,1,/);
    expect(indicatorRow(url!, 'defanged')).toMatch(/^url,hxxp:\/\/evil\[\.\]example\/a'b,/);
    const formula = { ...message, subject: '=HYPERLINK("http://x")' };
    const row = indicatorsOf([formula]).find(({ kind }) => kind === 'subject')!;
    expect(indicatorRow(row, 'as-is')).toMatch(/^subject,"'=HYPERLINK\(""http:\/\/x""\)",/);
  });
});

describe('documents for platforms', () => {
  it('are the same for the same messages', () => {
    expect(mispEvent(reported([message]))).toEqual(mispEvent(reported([message])));
    expect(stixBundle(reported([message]))).toEqual(stixBundle(reported([message])));
  });

  it('are an event of MISP', () => {
    expect(mispEvent(reported([message]))).toMatchObject({
      Event: {
        info: 'Unwanted mail',
        date: '2026-11-27',
        distribution: '0',
        published: false,
        Tag: [{ name: 'spamtrap:campaign="c-7k2m9q4"' }],
        Attribute: [
          { type: 'ip-src', value: '8.8.4.4', to_ids: false },
          { type: 'url', to_ids: true },
          { type: 'hostname', value: 'evil.example' },
          { type: 'email-src' },
          { type: 'email-subject' },
          { type: 'filename|sha256', value: `in_voice.exe|${'b'.repeat(64)}` },
        ],
      },
    });
  });

  it('are a bundle of STIX, with ids that others compute too and patterns that quote', () => {
    const { objects } = stixBundle(reported([message])) as { objects: Record<string, unknown>[] };
    const of = (type: string) => objects.filter((object) => object['type'] === type);
    // The example of the specification, section 2.9: an id of what was observed comes from its value.
    expect(of('domain-name')).toMatchObject([
      { id: `domain-name--${uuidFrom('00abedb4-aa42-466c-9c01-fed23315a9b7', '{"value":"evil.example"}')}` },
    ]);
    expect(of('indicator').map(({ pattern }) => pattern)).toEqual([
      "[ipv4-addr:value = '8.8.4.4']",
      String.raw`[url:value = 'http://evil.example/a\'b']`,
      "[domain-name:value = 'evil.example']",
      "[email-message:sender_ref.value = 'spammer@bulk.example']",
      String.raw`[email-message:subject = 'it\'s "urgent" \\ now']`,
      `[file:hashes.'SHA-256' = '${'b'.repeat(64)}']`,
    ]);
    expect(of('observed-data')).toHaveLength(6);
    expect(of('relationship')).toHaveLength(6);
    const ids = objects.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('have ids as the standard makes them', () => {
    // RFC 9562, appendix A.4.
    expect(uuidFrom('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  const { STIX_SCHEMAS: stixSchemas, MISP_SCHEMA: mispSchema } = process.env;

  describe(stixSchemas ? 'by the schemas of OASIS' : leftOutName('by the schemas of OASIS', ['STIX_SCHEMAS']), () => {
    test.skipIf(!stixSchemas)('are valid', async () => {
      const check = stixCheck(stixSchemas!);
      expect(check(await exported('stix'))).toEqual([]);
      expect(check({ ...(await exported('stix')), id: 'wrong' })).not.toEqual([]);
    });
  });

  describe(mispSchema ? 'by the schema of MISP' : leftOutName('by the schema of MISP', ['MISP_SCHEMA']), () => {
    test.skipIf(!mispSchema)('are valid', async () => {
      const check = mispCheck(mispSchema!);
      expect(check(await exported('misp'))).toEqual([]);
      expect(check({ Event: { nonsense: 'wrong' } })).not.toEqual([]);
    });
  });

  async function exported(format: string): Promise<object> {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 60, new SpamRuns(31, 6));
    const { stdout } = runIn(dataDir, ['export', '--format', format]);
    return JSON.parse(stdout) as object;
  }
});

describe('messages', () => {
  it('are written byte for byte, as files and into a maildir', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 30, new SpamRuns(32, 3));
    const hashes = capturesOnDisk(dataDir).map(({ facts }) => facts.sha256);
    const hashesIn = (folder: string) => {
      return readdirSync(folder).map((name) =>
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      );
    };
    const out = temporaryDirectory();
    expect(runIn(dataDir, ['export', '--format', 'eml', '--out', join(out, 'eml')]).status).toBe(0);
    expect(hashesIn(join(out, 'eml')).toSorted()).toEqual(hashes.toSorted());
    expect(runIn(dataDir, ['export', '--format', 'maildir', '--out', join(out, 'md')]).status).toBe(0);
    expect(hashesIn(join(out, 'md', 'cur')).toSorted()).toEqual(hashes.toSorted());
  });

  it('that the journal no longer has are counted, and the exit code says so', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 5, new SpamRuns(33, 1));
    runIn(dataDir, ['index', 'update']);
    const { journalLayout } = await import('../../src/lib/journal/layout.ts');
    const { rmSync } = await import('node:fs');
    rmSync(journalLayout(dataDir).segment(1));
    const said = runIn(dataDir, ['export', '--format', 'mbox']);
    expect(said.status).toBe(3);
    expect(said.stderr).toContain('5 more are no longer in the journal');
  });

  it('are told apart in an mbox, whatever is in them', () => {
    const at = new Date('2026-11-26T09:30:00Z');
    expect(mboxEntry(Buffer.from('Subject: x\r\n\r\nFrom me\r\n>From you\r\n'), 'a@b', at).toString()).toBe(
      'From a@b Thu Nov 26 09:30:00 2026\nSubject: x\n\n>From me\n>>From you\n\n',
    );
    expect(mboxEntry(Buffer.from('x'), 'two words\n', at).toString()).toMatch(/^From MAILER-DAEMON Thu/);
    const lines = fc.array(fc.constantFrom('From ', '>From x', 'From', 'text', '', '>>From y'), { maxLength: 8 });
    fc.assert(
      fc.property(lines, (body) => {
        const written = mboxEntry(Buffer.from(body.join('\n')), 'a@b', at).toString();
        expect(written.split('\n').filter((line) => line.startsWith('From '))).toHaveLength(1);
        expect(
          written
            .split('\n')
            .slice(1)
            .join('\n')
            .replaceAll(/^>(>*From )/gm, '$1')
            .trimEnd(),
        ).toBe(body.join('\n').trimEnd());
      }),
    );
  });
});

peer('python3')('for others, an mbox', () => {
  it('has as many messages as were meant', async () => {
    const dataDir = temporaryDirectory();
    await written(dataDir, [
      { text: 'Subject: one\n\nFrom here on\n\nFrom there on\n' },
      { text: 'Subject: two\n\nno end' },
      { text: 'Subject: three\n\nok\n' },
    ]);
    const out = join(temporaryDirectory(), 'all.mbox');
    expect(runIn(dataDir, ['export', '--format', 'mbox', '--out', out]).status).toBe(0);
    const script = 'import mailbox,sys; print([m["subject"] for m in mailbox.mbox(sys.argv[1])])';
    expect(execFileSync('python3', ['-c', script, out], { encoding: 'utf8' }).trim()).toBe("['one', 'two', 'three']");
  });
});

describe('what cannot be meant', () => {
  it.each([
    [['--format', 'eml'], 'writes files'],
    [['--format', 'stix', '--defang'], '--defang is for CSV'],
    [['--format', 'csv', 'fron:x'], 'there is no field'],
  ])('is refused: %j', async (words, why) => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 1, new SpamRuns(1, 1));
    const said = runIn(dataDir, ['export', ...words]);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain(why);
  });

  it('replaces no file that is there', async () => {
    const dataDir = temporaryDirectory();
    await writtenRuns(dataDir, 1, new SpamRuns(1, 1));
    const out = join(temporaryDirectory(), 'x.csv');
    writeFileSync(out, 'mine');
    expect(runIn(dataDir, ['export', '--format', 'csv', '--out', out]).status).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect(jsonLines(runIn(dataDir, ['search', '--json']).stdout)).toHaveLength(1);
  });
});
