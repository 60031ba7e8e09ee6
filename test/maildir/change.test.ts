import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { markAnswered } from '../../src/lib/maildir/answered.ts';
import { addFlag, removeMessages } from '../../src/lib/maildir/change.ts';
import { findMessages, keptParts } from '../../src/lib/maildir/find.ts';
import { withFlag } from '../../src/lib/maildir/flags.ts';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { idInName, messageName, ownName, uniqueInName } from '../../src/lib/maildir/name.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const other = '01ARZ3NDEKTSV4RRFFQ69G5FAW';
const name = messageName(id, 10);

function maildirWith(...files: readonly string[]): Maildir {
  const maildir = new Maildir(temporaryDirectory());
  for (const folder of [undefined, 'Spam/old']) maildir.directoryOf(folder);
  for (const file of files) writeFileSync(join(maildir.root, file), 'Subject: x\r\n\r\n');
  return maildir;
}

const filesIn = ({ root }: Maildir) =>
  ['', '.Spam.old'].flatMap((folder) =>
    ['new', 'cur'].flatMap((part) => readdirSync(join(root, folder, part)).map((file) => join(folder, part, file))),
  );

describe('a name of ours', () => {
  it.each([
    ['', name],
    [':2,', `${name}:2,`],
    [':2,FS', `${name}:2,FS`],
  ])('tells what is unique in it, with %j behind it', (_, file) => {
    expect(uniqueInName(file)).toBe(id);
    expect(idInName(file)).toBe(id);
  });

  it('is told from foreign ones, and from those of ours that are no copy of a message', () => {
    const made = ownName(1_000, `sent-${id}-announced`, 5);
    expect(uniqueInName(made)).toBe(`sent-${id}-announced`);
    expect(idInName(made)).toBeUndefined();
    for (const foreign of [
      '1763640000.M1P2.host,S=1',
      `1.${id}.spamtrapped`,
      `x.${id}.spamtrap`,
      '',
      `${id}.spamtrap`,
    ]) {
      expect(uniqueInName(foreign)).toBeUndefined();
    }
  });
});

describe('a flag', () => {
  it.each([
    ['a', 'a:2,R'],
    ['a:2,', 'a:2,R'],
    ['a:2,S', 'a:2,RS'],
    ['a:2,DFST', 'a:2,DFRST'],
    ['a:2,R', 'a:2,R'],
    ['a:2,FSac', 'a:2,FRSac'],
    ['a:1,experimental', 'a:2,R'],
  ])('is added to %s as %s', (before, after) => {
    expect(withFlag(before, 'R')).toBe(after);
  });
});

describe('marking a message as answered', () => {
  it.each([
    [`new/${name}`, `cur/${name}:2,R`],
    [`cur/${name}:2,`, `cur/${name}:2,R`],
    [`cur/${name}:2,FS`, `cur/${name}:2,FRS`],
    [`cur/${name}:2,R`, `cur/${name}:2,R`],
    [`.Spam.old/new/${name}`, `.Spam.old/cur/${name}:2,R`],
    [`.Spam.old/cur/${name}:2,T`, `.Spam.old/cur/${name}:2,RT`],
  ])('makes %s into %s, and leaves others alone', async (before, after) => {
    const untouched = [`new/${messageName(other, 10)}`, 'new/1763640000.M1P2.host', `cur/1.x${id}.spamtrap:2,`];
    const maildir = maildirWith(before, ...untouched);
    expect(await markAnswered(maildir, id)).toBe(true);
    expect(filesIn(maildir).sort()).toEqual([after, ...untouched].sort());
  });

  it('says when the message is not there yet', async () => {
    const maildir = maildirWith(`new/${messageName(other, 10)}`, `new/${ownName(1, `sent-${id}-completed`, 3)}`);
    expect(await markAnswered(maildir, id)).toBe(false);
    expect(await markAnswered(new Maildir(join(maildir.root, 'none')), id)).toBe(false);
    expect(existsSync(join(maildir.root, 'none'))).toBe(false);
  });
});

describe('a client that works on a message meanwhile', () => {
  it.each([
    ['reads it', `new/${name}`, `cur/${name}:2,S`],
    ['flags it', `cur/${name}:2,`, `cur/${name}:2,S`],
    ['takes a flag away', `cur/${name}:2,DS`, `cur/${name}:2,S`],
  ])('and %s does not make it escape', async (_, before, after) => {
    for (const [act, left] of [
      [addFlag, [`cur/${name}:2,RS`]],
      [removeMessages, []],
    ] as const) {
      const maildir = maildirWith(before);
      // Between the look and the deed.
      let moved = false;
      const matches = (file: string) => {
        if (!moved) renameSync(join(maildir.root, before), join(maildir.root, after));
        moved = true;
        return idInName(file) === id;
      };
      expect(await act([maildir.root], matches, 'R')).toBe(true);
      expect(filesIn(maildir)).toEqual(left);
    }
  });

  it('and renames without end is left alone', async () => {
    const maildir = maildirWith(`cur/${name}:2,`);
    let current = `${name}:2,`;
    let turn = 0;
    const matches = (file: string) => {
      if (file !== current) return false;
      current = `${name}:2,${turn++ % 2 === 0 ? 'S' : ''}`;
      renameSync(join(maildir.root, 'cur', file), join(maildir.root, 'cur', current));
      return true;
    };
    expect(await removeMessages([maildir.root], matches)).toBe(false);
    expect(filesIn(maildir)).toHaveLength(1);
  });

  it('and removes a folder disturbs nobody', async () => {
    const maildir = maildirWith(`new/${name}`);
    const found: string[] = [];
    const directories = [join(maildir.root, '.gone'), ...maildir.directories()];
    for await (const message of findMessages(directories, keptParts, () => true)) found.push(message.name);
    expect(found).toEqual([name]);
  });
});
