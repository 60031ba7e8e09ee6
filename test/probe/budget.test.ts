import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grant } from '../../src/lib/probe/budget/grant.ts';
import { day, hour, limitNames, metersOf, type Attempt, type Limits } from '../../src/lib/probe/budget/limits.ts';
import { excessOf, type Books, type Excess } from '../../src/lib/probe/budget/weigh.ts';
import { describeExcess } from '../../src/lib/probe/budget/words.ts';
import { expectWithin } from '../support/budget-windows.ts';
import { minute, noon } from '../support/probes.ts';

const roomy: Limits = { perDay: 1_000, perRecipient: 1_000 };

function attempt(details: Partial<Attempt> = {}): Attempt {
  return {
    at: noon,
    probe: 'P',
    recipient: 'a@example.org',
    domain: 'example.org',
    source: '192.0.2.1',
    network: '192.0.2.0/24',
    rule: 'own-address',
    bytes: 100,
    ...details,
  };
}

const times = (count: number, details: (index: number) => Partial<Attempt> = () => ({})) =>
  Array.from({ length: count }, (_, index) => attempt(details(index)));

function excess(
  limits: Partial<Limits>,
  attempts: readonly Attempt[],
  next: Partial<Attempt> = {},
): Excess | undefined {
  return excessOf(metersOf({ ...roomy, ...limits }), { attempts, spentUntil: 0 }, attempt(next));
}

describe('a limit', () => {
  // What is different is not counted together, what is the same is.
  const cases: readonly [limit: keyof Limits, elsewhere: Partial<Attempt>][] = [
    ['perDay', {}],
    ['perRecipient', { recipient: 'b@example.org' }],
    ['perHour', {}],
    ['perDomain', { domain: 'example.net' }],
    ['perSource', { source: '192.0.2.2' }],
    ['perNetwork', { network: '198.51.100.0/24' }],
    ['perRule', { rule: 'other' }],
  ];

  it.each(cases)('%s of N allows N and no more', (limit, elsewhere) => {
    for (const most of [0, 1, 3]) {
      expect(excess({ [limit]: most }, times(most))).toMatchObject({ is: 'limit', limit, most, used: most });
      if (most > 0) expect(excess({ [limit]: most }, times(most - 1))).toBeUndefined();
      const isForAll = Object.keys(elsewhere).length === 0;
      if (most > 0 && !isForAll) expect(excess({ [limit]: most }, times(most), elsewhere)).toBeUndefined();
    }
  });

  it('of bytes counts each recipient of a message', () => {
    expect(excess({ bytesPerDay: 300 }, times(2))).toBeUndefined();
    expect(excess({ bytesPerDay: 299 }, times(2))).toMatchObject({ limit: 'bytesPerDay', used: 200 });
    expect(excess({ bytesPerDay: 99 }, [])).toMatchObject({ freesAt: undefined });
  });

  it('counts the last 24 hours, or 60 minutes, to the millisecond', () => {
    for (const [limit, window] of [
      ['perDay', day],
      ['perHour', hour],
    ] as const) {
      const then = times(1, () => ({ at: noon }));
      expect(excess({ [limit]: 1 }, then, { at: noon + window - 1 })).toMatchObject({ freesAt: noon + window });
      expect(excess({ [limit]: 1 }, then, { at: noon + window })).toBeUndefined();
    }
  });

  it('counts what a clock has dated ahead', () => {
    expect(
      excess(
        { perDay: 1 },
        times(1, () => ({ at: noon + 300 * day })),
      ),
    ).toMatchObject({ limit: 'perDay' });
  });

  it('says when the next is free', () => {
    const attempts = times(3, (index) => ({ at: noon + index * minute }));
    expect(excess({ perDay: 3 }, attempts, { at: noon + hour })).toMatchObject({ freesAt: noon + day });
    expect(excess({ perDay: 2 }, attempts, { at: noon + hour })).toMatchObject({ freesAt: noon + minute + day });
    expect(excess({ perDay: 0 }, attempts, { at: noon + hour })).toMatchObject({ freesAt: undefined });
  });

  it('that is not known is as good as spent', () => {
    const books: Books = { attempts: [], spentUntil: noon + 1 };
    expect(excessOf(metersOf(roomy), books, attempt())).toEqual({ is: 'spent', freesAt: noon + 1 });
    expect(excessOf(metersOf(roomy), books, attempt({ at: noon + 1 }))).toBeUndefined();
  });

  it('explains itself', () => {
    const used = excess({ perRecipient: 3 }, times(3))!;
    expect(describeExcess(used)).toBe(
      'the budget is used: 3 of 3 sends a day to a@example.org (perRecipient); more at 2026-11-21T12:00:00.000Z',
    );
    for (const limit of limitNames) expect(describeExcess(excess({ [limit]: 0 }, [])!)).toContain(`(${limit})`);
  });
});

describe('a grant', () => {
  it('counts each recipient before it looks at the next', () => {
    const wanted = times(5, (index) => ({ recipient: `${index}@example.org` }));
    const { granted, over } = grant({ perDay: 3, perRecipient: 1 }, { attempts: [], spentUntil: 0 }, wanted);
    expect(granted).toEqual(wanted.slice(0, 3));
    expect([...over.keys()]).toEqual(wanted.slice(3));
  });

  it('is never more than any limit in any window, whatever the clock does', () => {
    const limits: Limits = {
      perDay: 6,
      perRecipient: 2,
      perHour: 3,
      perDomain: 4,
      perSource: 3,
      perNetwork: 4,
      perRule: 5,
      bytesPerDay: 1_000,
    };
    const step = fc.record({
      clock: fc.oneof(fc.integer({ min: -2 * day, max: 2 * day }), fc.integer({ min: 0, max: hour })),
      which: fc.nat(3),
      bytes: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = noon;
        let attempts: Attempt[] = [];
        for (const { clock, which, bytes } of steps) {
          now += clock;
          const details = {
            at: now,
            bytes,
            recipient: `${which}@example.org`,
            domain: which < 2 ? 'example.org' : 'example.net',
            source: `192.0.2.${which}`,
            network: which < 3 ? 'n' : 'm',
            rule: which === 0 ? 'r' : 's',
          };
          attempts = [...attempts, ...grant(limits, { attempts, spentUntil: 0 }, [attempt(details)]).granted];
        }
        expectWithin(limits, attempts);
      }),
      { numRuns: 500 },
    );
  });
});
