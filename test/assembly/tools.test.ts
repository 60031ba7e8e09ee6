import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captureText } from '../../src/lib/assembly/capture-text.ts';
import { existingJournal } from '../../src/lib/assembly/data-dirs.ts';
import { entryLine, exportMessages, findMessage, listJournal } from '../../src/lib/assembly/look-at-journal.ts';
import { changeOutput, outputStatus } from '../../src/lib/assembly/steer-outputs.ts';
import { Cursor, readerNames } from '../../src/lib/journal/cursor.ts';
import { keep, openJournal, someOrigin } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function journalOf(...texts: readonly string[]) {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir);
  const ids: string[] = [];
  for (const text of texts) ids.push((await keep(journal, Buffer.from(text))).id);
  return { dataDir, journal, ids };
}

const list = (dataDir: string, last?: number) =>
  [...listJournal({ dataDir, last, kinds: ['capture'] })].map((entry) =>
    entry.kind === 'capture' ? entry.capture.facts.id : '',
  );

describe('looking into a journal', () => {
  it('works while it is being written', async () => {
    const { dataDir, journal, ids } = await journalOf('one', 'two', 'three');
    expect(list(dataDir)).toEqual(ids);
    expect(list(dataDir, 2)).toEqual(ids.slice(1));
    await journal.close();
  });

  it('shows peer text so that it does nothing', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    const evil = '\x1b]0;x\x07\r\nfrom      forged@example.org';
    await keep(journal, Buffer.from(`Subject: ${evil}\r\n\r\n\x9b2J`, 'latin1'), {
      ...someOrigin,
      envelope: { from: evil, to: [evil] },
    });
    await journal.close();
    const [entry] = listJournal({ dataDir, last: undefined, kinds: ['capture'] });
    const lines: string[] = [entryLine(entry!)];
    for await (const line of captureText(findMessage(dataDir, '0'))) lines.push(line);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    const facts = lines.slice(0, lines.indexOf(''));
    expect(facts.filter((line) => line.startsWith('from '))).toHaveLength(1);
  });

  it('finds a message by the beginning of its id, and says when there are none or several', async () => {
    const { dataDir, journal, ids } = await journalOf('one', 'two');
    await journal.close();
    expect(findMessage(dataDir, ids[0]!.toLowerCase()).facts.id).toBe(ids[0]);
    expect(() => findMessage(dataDir, '0')).toThrow('Several messages');
    expect(() => findMessage(dataDir, 'ZZZ')).toThrow('No message');
  });

  it('writes messages out byte for byte, and names those that there are not', async () => {
    const { dataDir, journal, ids } = await journalOf('one', 'two');
    await journal.close();
    const out = join(temporaryDirectory(), 'out');
    const absent = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    const { missing } = await exportMessages(dataDir, [ids[1]!, absent], out);
    expect(missing).toEqual([absent]);
    expect(readdirSync(out)).toEqual([`${ids[1]}.eml`]);
    expect(readFileSync(join(out, `${ids[1]}.eml`), 'utf8')).toBe('two');
    await expect(exportMessages(dataDir, ['../../etc/passwd'], out)).rejects.toMatchObject({ exit: 2 });
  });

  it('asks which journal is meant when that is not clear', () => {
    const empty = temporaryDirectory();
    expect(() => existingJournal(empty)).toThrow(expect.objectContaining({ code: 'journal.missing', exit: 2 }));
    mkdirSync(join(empty, 'journal'));
    expect(existingJournal(empty).dataDir).toBe(empty);
  });
});

describe('steering outputs', () => {
  it('shows where they stand, and changes that while no sensor runs', async () => {
    const { dataDir, journal } = await journalOf('one', 'two');
    const cursor = new Cursor(journal.layout, 'maildir', 'boot');
    cursor.register({
      checkpoint: { position: journal.tail.position },
      paused: false,
      maxLag: 1e9,
      whenBehind: 'hold',
    });
    await expect(changeOutput(dataDir, 'maildir', 'pause')).rejects.toMatchObject({ exit: 4 });
    await journal.close();
    expect(outputStatus(dataDir)).toMatchObject([{ output: 'maildir', behindBytes: 0, paused: false }]);

    await changeOutput(dataDir, 'maildir', { rewindTo: 'oldest' });
    await changeOutput(dataDir, 'maildir', 'pause');
    expect(outputStatus(dataDir)).toMatchObject([{ paused: true, segment: 0 }]);
    expect(outputStatus(dataDir)[0]!.behindBytes).toBeGreaterThan(0);

    await changeOutput(dataDir, 'maildir', 'resume');
    await changeOutput(dataDir, 'maildir', 'forward');
    expect(outputStatus(dataDir)).toMatchObject([{ behindBytes: 0, paused: false }]);

    await expect(changeOutput(dataDir, 'mialdir', 'forget')).rejects.toMatchObject({ fix: 'Did you mean maildir?' });
    await changeOutput(dataDir, 'maildir', 'forget');
    expect(readerNames(journal.layout)).toEqual([]);
  });
});
