import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MaildirOutput } from '../../src/lib/outputs/maildir.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { jsonLines, runIn } from '../support/commands.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { search, written, type Letter } from '../index/scene.ts';

const letters: readonly Letter[] = ['pills one', 'pills two', 'invoice', 'pills three', 'other'].map((subject) => ({
  text: `Subject: ${subject}\n\nbody of ${subject}\n`,
}));

/** A journal whose messages have been shown in a maildir. */
async function withMaildir(): Promise<string> {
  const dataDir = temporaryDirectory();
  await written(dataDir, letters);
  const output = new MaildirOutput('maildir', { path: join(dataDir, 'maildir'), software: 'spamtrap' });
  await output.open(undefined);
  await output.deliver(capturesOnDisk(dataDir));
  await output.close();
  return dataDir;
}

function files(dataDir: string, folder: string, part = 'new'): readonly string[] {
  return readdirSync(join(dataDir, 'maildir', folder, part)).toSorted();
}

describe('messages in the maildir', () => {
  it('are moved by a filter, keep their flags, and are moved back', async () => {
    const dataDir = await withMaildir();
    const before = files(dataDir, '');
    // A client has read one of them.
    renameSync(join(dataDir, 'maildir', 'new', before[0]!), join(dataDir, 'maildir', 'cur', `${before[0]}:2,FS`));
    expect(runIn(dataDir, ['maildir', 'move', '--dry-run', '--to', 'Pills', 'subject:pills']).stdout).toBe(
      '3 messages are meant.\n  3 of them in the inbox\nNothing was moved: it was only asked.\n',
    );
    expect(readdirSync(join(dataDir, 'maildir'))).not.toContain('.Pills');
    const said = runIn(dataDir, ['maildir', 'move', '--to', 'Pills', 'subject:pills']);
    expect(said.stdout).toContain('3 moved to Pills');
    expect(files(dataDir, '.Pills', 'cur')).toEqual([`${before[0]}:2,FS`]);
    expect(files(dataDir, '.Pills')).toHaveLength(2);
    expect(files(dataDir, '')).toHaveLength(2);
    expect(runIn(dataDir, ['maildir', 'undo']).stdout).toBe('3 messages are back where they were.\n');
    expect(files(dataDir, '')).toEqual(before.slice(1));
    expect(files(dataDir, '', 'cur')).toEqual([`${before[0]}:2,FS`]);
  });

  it('are purged to a folder first, and removed for good only from there', async () => {
    const dataDir = await withMaildir();
    expect(runIn(dataDir, ['maildir', 'purge', 'subject:pills']).stdout).toContain('3 moved to Purged');
    expect(runIn(dataDir, ['maildir', 'empty']).stdout).toBe('0 messages were removed.\n');
    expect(runIn(dataDir, ['maildir', 'empty', '--older', '0s', '--dry-run']).stdout).toBe(
      '3 messages would be removed.\n',
    );
    expect(files(dataDir, '.Purged')).toHaveLength(3);
    expect(runIn(dataDir, ['maildir', 'empty', '--older', '0s']).stdout).toBe('3 messages were removed.\n');
    expect(files(dataDir, '.Purged')).toHaveLength(0);
    const undone = runIn(dataDir, ['maildir', 'undo']);
    expect(undone).toMatchObject({ status: 3, stderr: expect.stringContaining('3 are no longer') });
    expect(runIn(dataDir, ['maildir', 'empty', '--folder', 'inbox', '--older', '0s'])).toMatchObject({ status: 2 });
    expect(files(dataDir, '')).toHaveLength(2);
  });

  it('are undone by number, each once, and listed', async () => {
    const dataDir = await withMaildir();
    runIn(dataDir, ['maildir', 'move', '--to', 'A', 'subject:one']);
    runIn(dataDir, ['maildir', 'move', '--to', 'B/C', 'subject:two']);
    expect(runIn(dataDir, ['maildir', 'undo', '1']).status).toBe(0);
    expect(runIn(dataDir, ['maildir', 'undo', '1'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no move 1'),
    });
    const moves = jsonLines(runIn(dataDir, ['maildir', 'moves', '--json']).stdout);
    expect(moves.map(({ number, to, messages, state }) => [number, to, messages, state])).toEqual([
      [1, '.A', 1, 'undone'],
      [2, '.B.C', 1, 'done'],
    ]);
  });

  it.each([
    [['--to', '../../etc', 'subject:pills'], 'no folder name'],
    [['--to', 'X'], 'not said which messages'],
  ])('are not moved where that cannot be meant: %j', async (words, why) => {
    const dataDir = await withMaildir();
    const said = runIn(dataDir, ['maildir', 'move', ...words]);
    expect(said.status).not.toBe(0);
    expect(said.stderr).toContain(why);
    expect(files(dataDir, '')).toHaveLength(5);
  });
});

describe('an old maildir', () => {
  function oldMaildir(): string {
    const root = join(temporaryDirectory(), 'old');
    for (const part of ['cur', 'new', 'tmp', '.Spam/cur', '.Spam/new', '.Spam/tmp'])
      mkdirSync(join(root, part), { recursive: true });
    const letter = (subject: string) =>
      `Subject: ${subject}\nX-Peer: ('203.0.113.7', 51234)\nX-MailFrom: env@bulk.example\nX-RcptTo: a@trap.example, b@trap.example\n\nbody\n`;
    writeFileSync(join(root, 'cur', '1600000000.M1P1Q1.host:2,S'), letter('first'));
    writeFileSync(join(root, 'new', '1600000001.M1P1Q2.host'), letter('second'));
    writeFileSync(join(root, '.Spam/new', '1600000002.M1P1Q3.host'), letter('third'));
    return root;
  }

  it('is taken in once, with its hints, and left as it is', async () => {
    const dataDir = temporaryDirectory();
    const old = oldMaildir();
    const names = () => readdirSync(old, { recursive: true }).map(String).toSorted();
    const before = names();
    expect(runIn(dataDir, ['maildir', 'import', old]).stdout).toBe('3 messages were taken.\n');
    expect(runIn(dataDir, ['maildir', 'import', old, '--json']).stdout).toBe('{"taken":0,"left":0}\n');
    expect(names()).toEqual(before);
    expect(capturesOnDisk(dataDir)).toHaveLength(3);
    runIn(dataDir, ['index', 'update']);
    expect(search(dataDir, 'ip:203.0.113.7 from:env@bulk.example to:b@trap.example')).toHaveLength(3);
    // A hint is no envelope.
    expect(capturesOnDisk(dataDir)[0]!.facts.envelope).toEqual({ from: '', to: [] });
    writeFileSync(join(old, 'new', '1600000003.M1P1Q4.host'), 'Subject: fourth\n\n');
    expect(runIn(dataDir, ['maildir', 'import', old]).stdout).toBe('1 messages were taken.\n');
  });

  it('has to be one, and not our own', () => {
    const dataDir = temporaryDirectory();
    expect(runIn(dataDir, ['maildir', 'import', temporaryDirectory()])).toMatchObject({ status: 2 });
    expect(runIn(dataDir, ['maildir', 'import', '/nonexistent'])).toMatchObject({ status: 2 });
    mkdirSync(join(dataDir, 'maildir', 'cur'), { recursive: true });
    for (const part of ['new', 'tmp']) mkdirSync(join(dataDir, 'maildir', part));
    const said = runIn(dataDir, ['maildir', 'import', join(dataDir, 'maildir')]);
    expect(said).toMatchObject({ status: 2, stderr: expect.stringContaining('this program itself') });
  });
});
