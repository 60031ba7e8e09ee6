import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedBytes } from '../../src/lib/capture/published.ts';
import { JsonlOutput } from '../../src/lib/outputs/jsonl.ts';
import { MaildirOutput } from '../../src/lib/outputs/maildir.ts';
import { captureOf, sha256 } from '../support/captures.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { outputContract, type Case } from './contract.ts';

const cases: Record<string, Case> = {
  maildir: {
    open: (directory) => new MaildirOutput('maildir', { path: directory, software: 'Postfix' }),
    arrived: (directory) =>
      ['new', 'cur'].flatMap((part) =>
        readdirSync(join(directory, part)).map((name) => {
          const file = readFileSync(join(directory, part, name));
          const [, size] = /of the last (\d+) bytes/.exec(file.toString('latin1'))!;
          const [, id] = /X-Spamtrap-Id: (\w+)/.exec(file.toString('latin1'))!;
          return { id: id!, bytes: file.subarray(file.length - Number(size)) };
        }),
      ),
    once: true,
  },
  jsonl: {
    open: (directory) =>
      new JsonlOutput('jsonl', {
        path: directory,
        record: 'full',
        rotateSize: 20_000,
        keepFiles: 100,
        sensor: 'test',
      }),
    arrived: (directory) =>
      readdirSync(directory)
        .sort()
        .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
        .map((line) => JSON.parse(line) as { id: string; msg: string; enc?: string })
        .map((record) => ({ id: record.id, bytes: publishedBytes(record) })),
    once: false,
  },
};

describe.each(Object.entries(cases))('output %s', (_, each) => outputContract(each));

describe('output maildir', () => {
  const open = (path: string) => new MaildirOutput('maildir', { path, software: 'Postfix' });

  it('does not double what a mail client has meanwhile read or filed', async () => {
    const directory = temporaryDirectory();
    const captures = ['read', 'filed'].map((text) => captureOf(Buffer.from(text)));
    const first = open(directory);
    await first.open(undefined);
    await first.deliver(captures);
    const [read, filed] = readdirSync(join(directory, 'new')).sort();
    renameSync(join(directory, 'new', read!), join(directory, 'cur', `${read}:2,S`));
    const other = open(join(directory, '.Junk'));
    await other.open(undefined);
    renameSync(join(directory, 'new', filed!), join(directory, '.Junk', 'cur', `${filed}:2,RS`));

    const second = open(directory);
    await second.open(undefined);
    await second.deliver(captures);
    expect(readdirSync(join(directory, 'new'))).toEqual([]);
    expect(readdirSync(join(directory, 'cur'))).toHaveLength(1);
  });

  it('puts a message into the folder that a rule chose, and refuses a folder that cannot be', async () => {
    const directory = temporaryDirectory();
    const output = open(directory);
    await output.open(undefined);
    const outcomes = await output.deliver([
      captureOf(Buffer.from('a'), { folder: 'Spam/2026 autumn' }),
      captureOf(Buffer.from('b'), { folder: '../../etc' }),
      captureOf(Buffer.from('c')),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'refused', 'delivered']);
    expect(readdirSync(join(directory, '.Spam.2026 autumn', 'new'))).toHaveLength(1);
    expect(readdirSync(join(directory, '.Spam.2026 autumn'))).toContain('maildirfolder');
    expect(readdirSync(join(directory, 'new'))).toHaveLength(1);
  });

  it('says who sent it above the message, in lines that a peer cannot break', async () => {
    const directory = temporaryDirectory();
    const output = open(directory);
    await output.open(undefined);
    const evil = 'a\r\nX-Evil: yes\r\n\r\n\x1b]0;title\x07@b';
    await output.deliver([captureOf(Buffer.from('Subject: x\r\n\r\n'), { from: evil, to: [evil, `${evil}2`] })]);
    const [name] = readdirSync(join(directory, 'new'));
    const text = readFileSync(join(directory, 'new', name!), 'latin1');
    const headers = text.slice(0, text.indexOf('Subject: x')).split('\r\n').slice(0, -1);
    expect(headers.map((line) => /^[\w-]+: |^\t/.exec(line)?.[0])).toEqual([
      'Return-Path: ',
      'Delivered-To: ',
      'Delivered-To: ',
      'Received: ',
      '\t',
      'X-Spamtrap-Id: ',
      'X-Spamtrap-Session: ',
      'X-Spamtrap-Sha256: ',
    ]);
    expect(text).not.toMatch(/[^\r\n\t -~]/);
    expect(name).toMatch(new RegExp(`^\\d+\\.[0-9A-Z]{26}\\.spamtrap,S=${Buffer.byteLength(text, 'latin1')}$`));
  });
});

describe('output jsonl', () => {
  const open = (path: string, rotateSize = 20_000, keepFiles = 100) =>
    new JsonlOutput('jsonl', { path, record: 'plain', rotateSize, keepFiles, sensor: 'test' });

  it('takes half a line at the end away before it goes on', async () => {
    const directory = temporaryDirectory();
    const first = open(directory);
    await first.open();
    await first.deliver([captureOf(Buffer.from('whole'))]);
    await first.close();
    const [name] = readdirSync(directory);
    const { appendFileSync } = await import('node:fs');
    appendFileSync(join(directory, name!), '{"sha256":"half');
    const second = open(directory);
    await second.open();
    await second.deliver([captureOf(Buffer.from('next'))]);
    await second.close();
    const lines = readFileSync(join(directory, name!), 'utf8').split('\n').slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['whole', 'next']);
  });

  it('begins a new file when one is full or the day is over, and removes the oldest', async () => {
    const directory = temporaryDirectory();
    const output = open(directory, 500, 3);
    await output.open();
    for (const day of ['2026-11-19', '2026-11-19', '2026-11-20', '2026-11-19', '2026-11-21']) {
      await output.deliver([captureOf(Buffer.alloc(450, 'x'), { receivedAt: `${day}T12:00:00.000Z` })]);
    }
    await output.close();
    // A clock that steps back does not reopen yesterday's file.
    expect(readdirSync(directory).sort()).toEqual([
      '2026-11-20.0001.jsonl',
      '2026-11-20.0002.jsonl',
      '2026-11-21.0001.jsonl',
    ]);
  });

  it('says with enc how to get bytes back that are no UTF-8', async () => {
    const directory = temporaryDirectory();
    const output = open(directory);
    await output.open();
    await output.deliver([captureOf(Buffer.from([0xff, 0x41]))]);
    await output.close();
    const line = readFileSync(join(directory, readdirSync(directory)[0]!), 'utf8');
    expect(line).toBe(`{"sha256":"${sha256(Buffer.from([0xff, 0x41]))}","msg":"ÿA","enc":"latin1"}\n`);
  });
});
