import { expect, it } from 'vitest';
import { Account, type AccountState } from '../../src/lib/outputs/account.ts';

function account() {
  const written: AccountState[] = [];
  const clock = { now: Date.parse('2026-11-26T12:00:00Z') };
  const made = new Account({ now: () => clock.now, write: (state) => written.push(state) });
  return { made, written, clock };
}

it('tells what was delivered, in all and in the last minute', () => {
  const { made, written, clock } = account();
  made.delivered(100);
  clock.now += 30_000;
  made.delivered(20);
  expect(written.at(-1)).toMatchObject({ delivered: 120, lastMinute: 120 });
  clock.now += 40_000;
  made.delivered(3);
  expect(written.at(-1)).toMatchObject({ delivered: 123, lastMinute: 23 });
});

it('is written down at once when something turns, and otherwise now and then', () => {
  const { made, written, clock } = account();
  made.delivered(1);
  made.delivered(1);
  expect(written).toHaveLength(1);
  made.failed('no connection', 1);
  expect(written).toHaveLength(2);
  made.failed('no connection', 2);
  expect(written).toHaveLength(2);
  clock.now += 5_000;
  made.tick();
  made.tick();
  expect(written).toHaveLength(3);
  clock.now += 9_000;
  made.tick();
  expect(written).toHaveLength(3);
  clock.now += 1_000;
  made.tick();
  expect(written).toHaveLength(4);
  expect(written.at(-1)).toMatchObject({
    delivered: 2,
    failingSince: '2026-11-26T12:00:00.000Z',
    lastError: { detail: 'no connection', attempts: 2 },
  });
  made.delivered(1);
  expect(written).toHaveLength(5);
  expect(written.at(-1)).not.toHaveProperty('failingSince');
  expect(written.at(-1)).toMatchObject({ ended: false, lastError: { attempts: 2 } });
  made.end();
  expect(written.at(-1)).toMatchObject({ ended: true });
});
