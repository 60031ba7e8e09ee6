import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CaptureOrigin } from '../../src/lib/capture/capture.ts';
import { journalLayout } from '../../src/lib/journal/layout.ts';
import { verifyJournal } from '../../src/lib/journal/verify.ts';
import { entriesOnDisk, keep, openJournal, someOrigin } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const dropping: CaptureOrigin = { ...someOrigin, rules: { revision: 'r', matches: [], contentDropped: true } };

describe('a message whose content a rule drops', () => {
  it.each([
    ['small', 1000],
    ['in a file of its own', 3 * 2 ** 20],
  ])('leaves evidence, size and hash, and none of its bytes: %s', async (_, size) => {
    const dataDir = temporaryDirectory();
    const bytes = Buffer.alloc(size, 'unwanted ');
    const { journal } = await openJournal(dataDir);
    await keep(journal, Buffer.from('before\r\n'));
    await keep(journal, bytes, dropping);
    await keep(journal, Buffer.from('behind\r\n'));
    await journal.close();

    const entries = entriesOnDisk(dataDir);
    expect(entries.map(({ kind }) => kind)).toEqual(['capture', 'evidence', 'capture']);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(entries[1]).toMatchObject({ facts: { size, sha256, envelope: someOrigin.envelope } });

    const layout = journalLayout(dataDir);
    expect(readdirSync(layout.sides)).toEqual([]);
    expect(readFileSync(layout.segment(1)).includes('unwanted')).toBe(false);
    for await (const report of verifyJournal(layout)) expect(report).toMatchObject({ damages: [], lostSides: [] });
  });
});
