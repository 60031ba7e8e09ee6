import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DaybookOutput } from '../../../src/lib/outputs/daybook/daybook-output.ts';
import { daySummary } from '../../../src/lib/outputs/daybook/read-daybook.ts';
import { day, ids, logNames, messageOn, openDaybook, readLog, type DaybookScene } from '../../support/daybook-scene.ts';
import { someOrigin } from '../../support/journals.ts';
import { sessionOf } from '../../support/sessions.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const open = () => openDaybook(temporaryDirectory(), temporaryDirectory());
const again = ({ dataDir, maildir }: DaybookScene) => openDaybook(dataDir, maildir);
const session = (details = {}) => ({
  kind: 'session' as const,
  id: ids.next(),
  session: sessionOf(details),
  at: { segment: 1, offset: 0 },
  next: { segment: 1, offset: 8 },
});

/** One more message, and the mail that tells of it. */
async function oneMore(scene: DaybookScene): Promise<void> {
  await scene.output.deliver([messageOn(day)]);
  await scene.output.checkpoint();
  await scene.output.close();
}

describe('the mail of a day', () => {
  it('says where its report is', async () => {
    const scene = await openDaybook(temporaryDirectory(), temporaryDirectory(), 60_000, 'https://x.example/{day}.html');
    await oneMore(scene);
    const { text } = readLog(scene.maildir, logNames(scene.maildir)[0]!);
    expect(text.split('\n')[0]).toBe(`Report: https://x.example/${day}.html`);
  });

  it('comes into the folder logs, for people and for programs', async () => {
    const scene = await open();
    await scene.output.deliver([messageOn(day), messageOn(day)]);
    await scene.output.witness([session({ scan: 'login', helo: 'scanner.example' })]);
    scene.fates.set(day, [
      {
        at: `${day}T12:00:00.000Z`,
        id: ids.next(),
        rule: 'relay-test',
        recipients: ['tester@example.org', 'other@example.org'],
        fate: 'relayed',
        reason: 'approved by the operator',
      },
    ]);
    await scene.output.checkpoint();
    await scene.output.close();

    const [name, ...others] = logNames(scene.maildir);
    expect(others).toEqual([]);
    const { headers, parts, text, report, bytes } = readLog(scene.maildir, name!);
    expect(name).toMatch(new RegExp(`^\\d+\\.logs-${day}-\\w+\\.spamtrap,S=${bytes.length}$`));
    expect(Object.fromEntries(headers)).toMatchObject({
      subject: `Logs from ${day}`,
      from: 'spamtrap <spamtrap@trap.example.test>',
      to: 'spamtrap <spamtrap@trap.example.test>',
      'message-id': expect.stringMatching(/^<[\w-]+@trap\.example\.test>$/) as string,
      date: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} \+0000$/) as string,
    });
    expect(parts.map(({ headers }) => headers.get('content-type'))).toEqual([
      'text/plain; charset=utf-8',
      'application/json; name="day.json"',
    ]);
    expect(parts[1]!.headers.get('content-disposition')).toBe('attachment; filename="day.json"');
    expect(text).toMatch(/\n {2}messages +2 {2}2 KiB\n/);
    expect(text).toMatch(/tester@example\.org \+1 {2}relay-test {2}relayed {2}approved by the operator/);
    expect(text).toContain('scanner.example');
    const { probes, sensor, ...figures } = report;
    expect(sensor).toBe('trap.example.test');
    expect(probes).toEqual({ count: 1, fates: scene.fates.get(day), leftOut: 0 });
    const { probes: _, ...summary } = daySummary(scene.dataDir, day)!;
    expect(figures).toEqual(summary);
  });

  it('is replaced by a new one, under a new name and with a new Message-ID, when the day has changed', async () => {
    const scene = await open();
    await oneMore(scene);
    const [first] = logNames(scene.maildir);
    const before = readLog(scene.maildir, first!).headers.get('message-id');
    await oneMore(scene);
    const [second, ...others] = logNames(scene.maildir);
    expect(others).toEqual([]);
    expect(second).not.toBe(first);
    const { headers, report } = readLog(scene.maildir, second!);
    expect(headers.get('message-id')).not.toBe(before);
    expect(report.messages.count).toBe(2);
  });

  it('stays as it is when nothing has changed, over restarts too', async () => {
    const scene = await open();
    await oneMore(scene);
    const names = logNames(scene.maildir);
    await scene.output.close();
    const next = await again(scene);
    await next.output.close();
    expect(logNames(scene.maildir)).toEqual(names);
  });

  it('does not come back when somebody has deleted it, until there is news', async () => {
    const scene = await open();
    await oneMore(scene);
    unlinkSync(join(scene.maildir, '.logs', 'new', logNames(scene.maildir)[0]!));
    const next = await again(scene);
    await next.output.close();
    expect(logNames(scene.maildir)).toEqual([]);
    await oneMore(next);
    expect(readLog(scene.maildir, logNames(scene.maildir)[0]!).report.messages.count).toBe(2);
  });

  it('comes in a folder made anew when somebody has removed that', async () => {
    const scene = await open();
    await oneMore(scene);
    rmSync(join(scene.maildir, '.logs'), { recursive: true });
    await oneMore(scene);
    expect(logNames(scene.maildir)).toHaveLength(1);
    expect(scene.events).toEqual([]);
  });

  it('tells of the fate of a probe also when nothing else is new', async () => {
    const scene = await open();
    await oneMore(scene);
    const fate = { at: `${day}T12:00:00Z`, id: ids.next(), rule: 'r', recipients: ['a@b'], reason: 'x' };
    for (const what of ['held', 'denied']) {
      scene.fates.set(day, [{ ...fate, fate: what }]);
      await scene.output.close();
      const [name, ...others] = logNames(scene.maildir);
      expect(others).toEqual([]);
      expect(readLog(scene.maildir, name!).report.probes.fates).toMatchObject([{ fate: what }]);
    }
  });

  it('is one for each day', async () => {
    const scene = await open();
    await scene.output.deliver([messageOn('2026-11-19'), messageOn(day)]);
    await scene.output.close();
    const subjects = logNames(scene.maildir).map((name) => readLog(scene.maildir, name).headers.get('subject'));
    expect(new Set(subjects)).toEqual(new Set(['Logs from 2026-11-19', `Logs from ${day}`]));
  });
});

describe('the mail before', () => {
  const places: Record<string, (scene: DaybookScene, name: string) => void> = {
    'was read': ({ maildir }, name) =>
      renameSync(join(maildir, '.logs', 'new', name), join(maildir, '.logs', 'cur', `${name}:2,FS`)),
    'was filed elsewhere': ({ maildir }, name) => {
      for (const part of ['tmp', 'new', 'cur']) mkdirSync(join(maildir, '.Archive', part), { recursive: true });
      renameSync(join(maildir, '.logs', 'new', name), join(maildir, '.Archive', 'cur', `${name}:2,S`));
    },
    'was left half written by a crash': ({ maildir }, name) =>
      renameSync(join(maildir, '.logs', 'new', name), join(maildir, '.logs', 'tmp', name)),
  };

  it.each(Object.keys(places))('goes although it %s', async (place) => {
    const scene = await open();
    await oneMore(scene);
    places[place]!(scene, logNames(scene.maildir)[0]!);
    await oneMore(scene);
    expect(logNames(scene.maildir)).toHaveLength(1);
    expect([...logNames(scene.maildir, 'cur'), ...logNames(scene.maildir, 'tmp')]).toEqual([]);
    if (place === 'was filed elsewhere') {
      expect(readdirSync(join(scene.maildir, '.Archive', 'cur'))).toEqual([]);
    }
  });

  it('goes with the next change when a crash has left both', async () => {
    const scene = await open();
    await oneMore(scene);
    const [first] = logNames(scene.maildir);
    const kept = join(scene.dataDir, 'kept');
    copyFileSync(join(scene.maildir, '.logs', 'new', first!), kept);
    const mailed = readFileSync(join(scene.dataDir, 'daybook', 'mailed.json'));
    await oneMore(scene);
    // As the death between the new and the removal leaves it.
    copyFileSync(kept, join(scene.maildir, '.logs', 'new', first!));
    writeFileSync(join(scene.dataDir, 'daybook', 'mailed.json'), mailed);

    const next = await again(scene);
    await next.output.close();
    const [name, ...others] = logNames(scene.maildir);
    expect(others).toEqual([]);
    expect(readLog(scene.maildir, name!).report.messages.count).toBe(2);
  });

  it('of another day stays, and so does everything that is not ours', async () => {
    const scene = await open();
    await scene.output.deliver([messageOn('2026-11-19')]);
    await oneMore(scene);
    const foreign = `1763640000.M1P2.host,S=12`;
    writeFileSync(join(scene.maildir, '.logs', 'new', foreign), 'Subject: x\n\n');
    await oneMore(scene);
    expect(logNames(scene.maildir)).toHaveLength(3);
    expect(logNames(scene.maildir)).toContain(foreign);
  });
});

describe('what peers say', () => {
  const hostile = [
    '\r\nBcc: victim@example.org\r\n\r\nbody',
    '--=_logs\r\nContent-Type: text/html\r\n\r\n<script>',
    '\x1b]52;c;aGk=\x07\x1b[2J\x9b',
    '\u202egpj.exe\u200b',
    '"],"messages":{"count":0},"x":["',
    'a\0b\udcff\udc80',
    '=0D=0A=2E',
    '日本語 Grüße',
    'x'.repeat(5000),
  ];

  it('stays text in every place of the mail', async () => {
    const scene = await open();
    for (const word of hostile) {
      const evidence = {
        ...someOrigin.evidence!,
        helo: word,
        peer: { address: word, port: 1 },
        forwarded: { addr: word },
      };
      const rules = {
        revision: word,
        matches: [{ rule: word, kind: 'probe', hook: 'message', because: word }],
        probe: word,
      } as const;
      await scene.output.deliver([
        messageOn(day, { evidence, rules, envelope: { from: word, to: [`x@${word}`, word] } }),
      ]);
      const credentials = [{ mechanism: word, user: word, password: word, accepted: false }];
      await scene.output.witness([session({ peer: { address: word, port: 1 }, helo: word, credentials })]);
    }
    scene.fates.set(
      day,
      hostile.map((word) => ({ at: word, id: word, rule: word, recipients: [word], fate: word, reason: word })),
    );
    await scene.output.close();

    const { bytes, headers, parts, text, report } = readLog(scene.maildir, logNames(scene.maildir)[0]!);
    // Seven bits, lines as RFC 5322 wants them, and no header and no part that is not ours.
    expect(bytes.toString('latin1')).toMatch(/^(?:[\x20-\x7e]{0,76}\r\n)+$/);
    expect([...headers.keys()]).toEqual([
      'from',
      'to',
      'subject',
      'date',
      'message-id',
      'mime-version',
      'content-type',
    ]);
    expect(parts).toHaveLength(2);
    expect(text).not.toMatch(/[\p{Cs}\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/u);
    // Peers' words stand behind a margin; at its beginning a line is ours.
    for (const line of text.split('\n')) {
      expect(line).toMatch(/^(?: {2}|$|Logs from|In short|Probes|Rules|Sessions|Messages|Credentials|Names|Domains)/);
    }
    // For programs nothing is lost but length.
    const seen = report.helo.top.map(({ value }) => value);
    for (const word of hostile) expect(seen).toContain(word.length > 128 ? `${'x'.repeat(127)}…` : word);
    expect(report.messages.count).toBe(hostile.length);
    expect(report.probes.fates.map(({ reason }) => reason)).toEqual(hostile);
  });

  it('does not make the mail grow without end', async () => {
    const scene = await open();
    const to = Array.from({ length: 200 }, (_, index) => `${index}@${index}.example`);
    const fate = { at: `${day}T12:00:00Z`, id: ids.next(), rule: 'r', recipients: to, fate: 'held', reason: 'x' };
    scene.fates.set(
      day,
      Array.from({ length: 5_000 }, () => fate),
    );
    for (let index = 0; index < 1_000; index++) {
      const rules = {
        revision: 'r',
        matches: [{ rule: `rule ${index % 50}`, kind: 'note', hook: 'message', because: '' }],
      } as const;
      await scene.output.deliver([messageOn(day, { envelope: { from: '', to }, rules })]);
    }
    await scene.output.close();
    const { report, text } = readLog(scene.maildir, logNames(scene.maildir)[0]!);
    expect(report.probes).toMatchObject({ count: 5_000, leftOut: 4_800 });
    expect(report.probes.fates[0]?.recipients).toHaveLength(20);
    expect(report.recipientDomains.top).toHaveLength(20);
    expect(text).toContain('and 4,960 earlier');
    expect(text).toContain('and 10 more');
    expect(text.split('\n').length).toBeLessThan(250);
  });
});

describe('a flood of peers that all differ', () => {
  it('hides in the text neither the one who comes often, nor that others are counted roughly', async () => {
    const scene = await open();
    for (let index = 0; index < 3_000; index++) {
      const helo = index % 10 === 0 ? 'often.example' : `${index}.flood.example`;
      await scene.output.witness([session({ helo })]);
    }
    await scene.output.close();
    const { text, report } = readLog(scene.maildir, logNames(scene.maildir)[0]!);
    const [names] = /Names that peers gave themselves\n[^]*$/.exec(text)!;
    expect(names).toMatch(/^[^\n]+\n {2}300 {2}often\.example\n {2}~ at most so many/);
    expect(report.helo.top).toHaveLength(20);
    expect(report.helo.top[0]).toEqual({ value: 'often.example', count: 300, over: 0 });
  });
});

describe('the rate of rewriting', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it('is bounded, and a mail that cannot be written is said and made up for', async () => {
    const scene = await openDaybook(temporaryDirectory(), temporaryDirectory(), 60_000);
    const mailed = join(scene.dataDir, 'daybook', 'mailed.json');
    const settled = async () => {
      const name = await vi.waitUntil(() => logNames(scene.maildir)[0]);
      const unique = /\.([\w-]+)\.spamtrap/.exec(name)![1]!;
      await vi.waitUntil(() => existsSync(mailed) && readFileSync(mailed, 'utf8').includes(unique));
      await new Promise(setImmediate);
    };
    await scene.output.deliver([messageOn(day)]);
    vi.advanceTimersByTime(59_999);
    expect(logNames(scene.maildir)).toEqual([]);
    vi.advanceTimersByTime(1);
    await settled();

    rmSync(join(scene.maildir, '.logs'), { recursive: true });
    writeFileSync(join(scene.maildir, '.logs'), 'a file where the folder has to be');
    await scene.output.deliver([messageOn(day)]);
    vi.advanceTimersByTime(60_000);
    await vi.waitUntil(() => scene.events.length === 1);
    const detail = expect.stringMatching(/^the log mail: /) as string;
    expect(scene.events).toEqual([
      { event: 'output.failed', output: 'daybook', attempt: 1, retryInMs: 60_000, detail },
    ]);
    rmSync(join(scene.maildir, '.logs'));
    vi.advanceTimersByTime(60_000);
    await settled();
    expect(readLog(scene.maildir, logNames(scene.maildir)[0]!).report.messages.count).toBe(2);
  });

  it('does not matter to the figures: without a maildir they are kept all the same', async () => {
    const dataDir = temporaryDirectory();
    const output = new DaybookOutput('daybook', { dataDir, dayOf: () => day, now: Date.now, emit: () => undefined });
    await output.recall();
    await output.open();
    await output.deliver([messageOn(day)]);
    await output.checkpoint();
    await output.close();
    expect(daySummary(dataDir, day)?.messages.count).toBe(1);
  });
});
