import { join } from 'node:path';
import { expect, test } from 'vitest';
import { daySummary, ruleHits } from '../../../src/lib/outputs/daybook/read-daybook.ts';
import { countAll, countedDays } from '../../support/counted-days.ts';
import { logNames, readLog } from '../../support/daybook-scene.ts';
import { peer } from '../../support/peers.ts';
import { killAt, type Step } from '../../support/strace.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { runTraced } from '../../support/traced-script.ts';

const counting = new URL('./counting.ts', import.meta.url);

// In the thread that counts: a checkpoint replaces the files of two days, of the rules and of the state, and then the
// note on the mails is replaced for each day. All of that comes twice.
const inOneRound = 6;

/** Whether the process died there, or had nothing more to do. Either way its successor makes up for it. */
async function endsAt(step: Step): Promise<'died' | 'done'> {
  const [dataDir, maildir] = [temporaryDirectory(), temporaryDirectory()];
  const { signal } = await runTraced(counting, [dataDir, maildir], killAt(join(temporaryDirectory(), 'trace'), step));
  await countAll(dataDir, maildir);
  expect(countedDays.map((day) => daySummary(dataDir, day)?.messages.count)).toEqual([6, 6]);
  expect(ruleHits(dataDir).get('every')?.count).toBe(12);
  const shown = logNames(maildir).map((name) => readLog(maildir, name).report);
  expect(shown).toHaveLength(2);
  expect(new Map(shown.map(({ day, messages }) => [day, messages.count]))).toEqual(
    new Map(countedDays.map((day) => [day, 6])),
  );
  return signal === null ? 'done' : 'died';
}

peer('strace')('a daybook whose process dies', () => {
  test.each(Array.from({ length: inOneRound }, (_, index) => inOneRound + 1 + index))(
    'before file number %d takes its place counts once, and shows one mail for a day',
    async (nth) => {
      expect(await endsAt({ call: 'rename', nth })).toBe('died');
    },
  );

  test.each([1, 2])('before old mail number %d goes shows one for a day all the same', async (nth) => {
    expect(await endsAt({ call: 'unlink', nth })).toBe('died');
  });

  test('nowhere has no more steps than these', async () => {
    expect(await endsAt({ call: 'rename', nth: 2 * inOneRound + 1 })).toBe('done');
  });
});
