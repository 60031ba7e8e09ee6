import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareDataDir } from '../../src/lib/journal/data-dir.ts';
import { openJournal } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('a data directory', () => {
  it('has one writer at a time', async () => {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir);
    await expect(openJournal(dataDir)).rejects.toMatchObject({
      code: 'data-dir.locked',
      exit: 4,
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await journal.close();
    const { journal: next } = await openJournal(dataDir);
    await next.close();
  });

  it('is made with everything above it', async () => {
    const dataDir = join(temporaryDirectory(), 'a', 'b');
    const { journal } = await openJournal(dataDir);
    expect(existsSync(journal.layout.sides)).toBe(true);
    await journal.close();
  });

  it('is refused with a reason where it cannot be', () => {
    const file = temporaryDirectory();
    mkdirSync(join(file, 'x'));
    for (const impossible of ['/proc/spamtrap/data', '/dev/null/data']) {
      expect(() => prepareDataDir(impossible)).toThrow(
        expect.objectContaining({
          code: 'data-dir.unwritable',
          message: expect.stringContaining(impossible) as string,
        }),
      );
    }
  });
});
