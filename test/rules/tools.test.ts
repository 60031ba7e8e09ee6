import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CaptureOrigin } from '../../src/lib/capture/capture.ts';
import { applyRules } from '../../src/lib/assembly/rules/apply-rules.ts';
import { explainMessage } from '../../src/lib/assembly/rules/explain-message.ts';
import { importFile } from '../../src/lib/assembly/rules/import-file.ts';
import { progressOn } from '../../src/lib/assembly/rules/progress.ts';
import { replayRules } from '../../src/lib/assembly/rules/replay-rules.ts';
import { loadRules } from '../../src/lib/assembly/rules/rule-file.ts';
import { explanationLines, ruleLine, ruleRecord } from '../../src/lib/assembly/rules/rule-words.ts';
import { messageOfFile } from '../../src/lib/assembly/rules/stored-message.ts';
import { messageName } from '../../src/lib/maildir/name.ts';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { traceHeaders } from '../../src/lib/maildir/trace.ts';
import { readRules } from '../../src/lib/rules/read/read-rules.ts';
import { capturesOnDisk, keep, openJournal, someOrigin } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { file } from './support.ts';

const text = `version: 1
rules:
  - { name: probe, kind: probe, on: message, tags: [t], when: { subject: { mentions: own-address } }, then: { relay: true, folder: probes } }
  - { name: pills, kind: spam, on: message, priority: 200, when: { text: { contains: pills } }, then: { folder: spam/pills } }
  - { name: "noted", kind: note, on: message, priority: 300, when: { sender: { present: true } } }
  - { name: greeting, kind: note, on: helo, when: { tls: false }, then: { tarpit: 2s } }
`;
const document = readRules(text, file);
const nobody = { addresses: [], hosts: [] };
const own = { addresses: ['192.0.2.25'], hosts: [] };
const probe = 'Subject: at 192.0.2.25\r\n\r\nhello\r\n';
const spam = 'Subject: buy\r\n\r\nmy pills\r\n';
const honest = 'Subject: hello\r\n\r\nhow are you\r\n';

async function journalOf(messages: readonly string[], origin: CaptureOrigin = someOrigin) {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir);
  const ids: string[] = [];
  for (const message of messages) ids.push((await keep(journal, Buffer.from(message), origin)).id);
  await journal.close();
  return { dataDir, ids };
}

function maildirOf(messages: readonly string[]): string {
  const root = join(temporaryDirectory(), 'maildir');
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(root, part), { recursive: true });
  for (const [index, message] of messages.entries()) {
    writeFileSync(join(root, index % 2 ? 'cur' : 'new', index % 2 ? `${index}.a:2,S` : `${index}.a`), message);
  }
  return root;
}

const silent = { onProgress: () => undefined, onMatch: () => undefined };
const replay = (source: string, dataDir?: string, more = {}) =>
  replayRules(source, { document, own, dataDir: () => dataDir, ...silent, ...more });
const counts = ({ totals }: ReturnType<typeof replay>) =>
  totals.map(({ rule, hits, decided }) => [rule.name, hits, decided]);

describe('which rules hold', () => {
  it('is said by a file, or by the program', () => {
    const path = join(temporaryDirectory(), 'rules.yml');
    expect(loadRules(undefined, '--rules').rules.map(({ name }) => name)).toContain('own-address-in-subject');
    writeFileSync(path, text);
    expect(loadRules(path, '--rules')).toMatchObject({ file: path, rules: { length: 4 } });
  });

  it('and a file that is not there, or is wrong, ends with every fault', () => {
    const folder = temporaryDirectory();
    const path = join(folder, 'no.yml');
    expect(() => loadRules(path, '--rules')).toThrow(/--rules: .*there is no such file/);
    writeFileSync(path, 'version: 1\nrules: [{ name: a }, { name: b }]');
    expect(() => loadRules(path, '--rules')).toThrow(/no.yml:2:9: .*\n.*no.yml:2:22: /);
  });

  it('is listed in order, with what follows and how often they hit', () => {
    const hits = (rule: string) => (rule === 'probe' ? { count: 3, lastAt: '2027-01-01T00:00:00.000Z' } : undefined);
    const [first] = document.rules;
    expect(ruleLine(first!, hits)).toMatch(
      /^ {2}100 {2}probe +probe +message +to the probe desk; to the folder probes; tags t {2}\(3 hits, last 2027/,
    );
    expect(ruleRecord(first!, hits)).toMatchObject({ rule: 'probe', on: 'message', hits: 3, effects: { relay: true } });
    expect(ruleLine(document.rules[3]!)).toContain('waits 2s');
  });
});

describe('explaining a message', () => {
  it('of a file, with what is said of its session', () => {
    const path = join(temporaryDirectory(), 'a.eml');
    writeFileSync(path, probe);
    const explained = (session: object) =>
      explainMessage(path, { document, own, dataDir: () => undefined, session }).map(({ matches }) => matches);
    expect(explained({})).toEqual([true, false, false]);
    expect(explained({ from: 'a@b' })).toEqual([true, false, true]);
    const lines = explanationLines(explainMessage(path, { document, own, dataDir: () => undefined, session: {} }));
    expect(lines[0]).toMatch(/^probe +DECIDES: subject "at 192.0.2.25" mentions own-address "192.0.2.25" as it is$/);
    expect(lines[1]).toMatch(/^pills +not so: text contains "pills"/);
  });

  it('of the journal, which knows at which address it came in', async () => {
    const { dataDir, ids } = await journalOf([probe]);
    const [first] = explainMessage(ids[0]!, { document, own: nobody, dataDir: () => dataDir, session: {} });
    expect(first).toMatchObject({ matches: true, rule: { name: 'probe' } });
  });

  it('shows what a peer wrote so that it does nothing', () => {
    const path = join(temporaryDirectory(), 'a.eml');
    writeFileSync(path, 'Subject: \x1b]0;x\x07\r\n\r\n\x9b2J pills');
    const explained = explainMessage(path, { document, own, dataDir: () => undefined, session: {} });
    expect(explanationLines(explained).join('')).not.toMatch(/\p{Cc}/u);
  });
});

describe('replaying', () => {
  it('counts over a Maildir with its folders, a folder of files and the journal alike', async () => {
    const maildir = maildirOf([probe, spam, honest, spam]);
    for (const part of ['new', 'cur']) mkdirSync(join(maildir, '.old', part), { recursive: true });
    writeFileSync(join(maildir, '.old', 'cur', '9.a:2,'), spam);
    expect(counts(replay(maildir))).toEqual([
      ['probe', 1, 1],
      ['pills', 3, 3],
      ['noted', 0, 0],
    ]);
    expect(replay(join(maildir, 'new'))).toMatchObject({ messages: 2, matched: 1 });
    const { dataDir } = await journalOf([probe, spam, honest]);
    expect(counts(replay('journal', dataDir))).toEqual([
      ['probe', 1, 1],
      ['pills', 1, 1],
      ['noted', 3, 1],
    ]);
  });

  it('tells how far it is, and each message that matches', async () => {
    const progress: unknown[] = [];
    const found: string[] = [];
    const onMatch = (message: string) => found.push(message);
    const onProgress = (done: number, of: number | undefined) => progress.push([done, of]);
    const maildir = maildirOf([probe, honest]);
    replay(maildir, undefined, { onProgress, onMatch });
    expect(progress).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(found).toEqual([join(maildir, 'new', '0.a')]);
  });

  it('takes what a rule let only the evidence be kept of for what it is', async () => {
    const dropped = { ...someOrigin, rules: { revision: '0', matches: [], contentDropped: true as const } };
    const { dataDir } = await journalOf([spam], dropped);
    expect(counts(replay('journal', dataDir))).toEqual([
      ['probe', 0, 0],
      ['pills', 0, 0],
      ['noted', 1, 1],
    ]);
  });

  it('says which folder there is not', () => {
    expect(() => replay('/no/such/folder')).toThrow(expect.objectContaining({ code: 'rules.messages', exit: 2 }));
  });

  it('shows a line on a terminal, and nothing elsewhere', () => {
    const written: string[] = [];
    const write = (part: string) => written.push(part);
    let now = 0;
    const progress = progressOn({ isTTY: true, write }, () => now);
    for (now = 0; now < 1000; now += 10) progress.show(now, 100);
    progress.clear();
    expect(written).toHaveLength(11);
    expect(written[0]).toBe('\r0 of 100 messages');
    progressOn({ write }, () => 0).show(1, 2);
    expect(written).toHaveLength(11);
  });
});

describe('applying', () => {
  const apply = (root: string, way: 'show' | 'move') => [...applyRules(root, { document, own, way })];

  it('shows first, then moves, and deletes nothing', () => {
    const root = maildirOf([probe, spam, honest]);
    expect(apply(root, 'show').map(({ folder, rule, done }) => [folder, rule, done])).toEqual([
      ['probes', 'probe', 'planned'],
      ['spam/pills', 'pills', 'planned'],
    ]);
    expect(readdirSync(root).sort()).toEqual(['cur', 'new', 'tmp']);
    apply(root, 'move');
    expect(readFileSync(join(root, '.probes', 'new', '0.a'), 'utf8')).toBe(probe);
    expect(readFileSync(join(root, '.spam.pills', 'cur', '1.a:2,S'), 'utf8')).toBe(spam);
    expect(readdirSync(join(root, 'new'))).toEqual(['2.a']);
    expect(apply(root, 'move')).toEqual([]);
  });

  it('never writes over a file that is there', () => {
    const root = maildirOf([probe]);
    for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(root, '.probes', part), { recursive: true });
    writeFileSync(join(root, '.probes', 'new', '0.a'), 'another');
    expect(apply(root, 'move').map(({ done }) => done)).toEqual(['inTheWay']);
    expect(readFileSync(join(root, '.probes', 'new', '0.a'), 'utf8')).toBe('another');
    expect(readFileSync(join(root, 'new', '0.a'), 'utf8')).toBe(probe);
  });

  it('takes only a Maildir', () => {
    expect(() => apply(temporaryDirectory(), 'show')).toThrow('is no Maildir');
  });
});

describe('a file in a mail folder of ours', () => {
  it('is the message below the lines that were put on top, with the envelope that they tell', async () => {
    const { dataDir } = await journalOf([spam]);
    const [{ facts, content }] = capturesOnDisk(dataDir) as [ReturnType<typeof capturesOnDisk>[number]];
    const root = join(temporaryDirectory(), 'maildir');
    const name = messageName(facts.id, facts.size);
    new Maildir(root).store(undefined, name, traceHeaders(facts, 'Postfix'), content);
    const message = messageOfFile(join(root, 'new', name));
    expect(message.facts).toMatchObject({
      peer: '192.0.2.1',
      helo: 'relay.example.org',
      from: 'spammer@example.org',
      to: ['victim@example.net'],
      size: spam.length,
    });
    expect(message.facts.message?.headerFields.map(({ name }) => name)).toEqual(['subject']);
  });

  it('cannot be played by a message that has such lines elsewhere', () => {
    const path = join(temporaryDirectory(), 'a.eml');
    const lie = `Return-Path: <a@b>\r\nX-Spamtrap-Sha256: ${'0'.repeat(64)} of the last 5 bytes\r\nSubject: pills\r\n\r\nx`;
    writeFileSync(path, lie);
    expect(messageOfFile(path).facts.from).toBeUndefined();
    expect(messageOfFile(path).facts.size).toBe(lie.length);
  });
});

it('importing writes a new file, and never over one that is there', () => {
  const folder = temporaryDirectory();
  const path = join(folder, 'rules.json');
  const rule = { name: 'a', rule_type: 50, conditions: ["lambda msg: 'x' in msg['Subject']"] };
  writeFileSync(path, JSON.stringify({ DATA: [rule] }));
  const out = join(folder, 'rules.yml');
  expect(importFile(path, out).translated).toEqual([{ rule: 'a', conditions: 1 }]);
  expect(loadRules(out, '--rules').rules.map(({ name }) => name)).toEqual(['a']);
  expect(() => importFile(path, out)).toThrow('there already');
});
