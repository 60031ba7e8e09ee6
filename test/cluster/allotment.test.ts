import { describe, expect, it } from 'vitest';
import { allotmentOf, type View } from '../../src/lib/cluster/allotment.ts';
import { keyOf } from '../../src/lib/cluster/key.ts';
import { preferred } from '../../src/lib/cluster/rendezvous.ts';

const accounts = Array.from({ length: 600 }, (_, index) => keyOf(`imap:trap${index}@mail.example`));

describe('whose a mailbox is', () => {
  it('is the same for all, and about as much for each', () => {
    const sessions = ['a', 'b', 'c'];
    const owners = accounts.map((key) => preferred(key, sessions));
    expect(accounts.map((key) => preferred(key, sessions.toReversed()))).toEqual(owners);
    for (const session of sessions) {
      expect(owners.filter((owner) => owner === session).length).toBeGreaterThan(140);
    }
  });

  it('changes only for what the one who comes or goes has', () => {
    const before = accounts.map((key) => preferred(key, ['a', 'b', 'c']));
    const without = accounts.map((key) => preferred(key, ['a', 'c']));
    expect(without.every((owner, index) => before[index] === 'b' || before[index] === owner)).toBe(true);
    const more = accounts.map((key) => preferred(key, ['a', 'b', 'c', 'd']));
    expect(more.every((owner, index) => owner === 'd' || before[index] === owner)).toBe(true);
  });

  it('is nobody when nobody could have it', () => {
    expect(preferred('x', [])).toBeUndefined();
  });
});

const all = new Set(accounts);

function view(me: string, alive: readonly string[], leases: View['leases']): View {
  return { me, mine: all, alive: new Map(alive.map((session) => [session, all])), leases };
}

function leasesOf(owner: (key: string) => string | undefined): View['leases'] {
  return new Map(
    accounts.flatMap((key, index) => {
      const who = owner(key);
      return who === undefined ? [] : [[key, { value: { owner: who }, revision: index + 1 }] as const];
    }),
  );
}

describe('what a collector does', () => {
  it('claims its part of what nobody has, and all together claim everything once', () => {
    const sessions = ['a', 'b', 'c'];
    const claims = sessions.map((me) => allotmentOf(view(me, sessions, new Map())).claim);
    expect(claims.reduce((sum, claim) => sum + claim.size, 0)).toBe(accounts.length);
    expect(new Set(claims.flatMap((claim) => [...claim.keys()]))).toEqual(all);
  });

  it('leaves alone what somebody has who is alive, and says that it waits for it', () => {
    const { claim, held, handOn, awaited } = allotmentOf(
      view(
        'b',
        ['a', 'b'],
        leasesOf(() => 'a'),
      ),
    );
    expect([claim.size, held.size, handOn.size]).toEqual([0, 0, 0]);
    expect(awaited).toBeGreaterThan(200);
  });

  it('hands on what somebody else is to have, and keeps its token for the rest', () => {
    const leases = leasesOf(() => 'a');
    const { held, handOn, claim } = allotmentOf(view('a', ['a', 'b'], leases));
    expect(held.size).toBe(accounts.length);
    expect([...handOn].every((key) => preferred(key, ['a', 'b']) === 'b')).toBe(true);
    expect(handOn.size).toBeGreaterThan(200);
    expect(held.get(accounts[7]!)).toBe(8);
    expect(claim.size).toBe(0);
  });

  it('takes over what the dead had, knowing the lease that it replaces', () => {
    const leases = leasesOf(() => 'dead');
    const { claim } = allotmentOf(view('a', ['a'], leases));
    expect(claim.size).toBe(accounts.length);
    expect(claim.get(accounts[3]!)).toBe(4);
  });

  it('is asked to have only what it names, and is not waited for with what it does not', () => {
    const mine = new Set(accounts.slice(0, 10));
    const alive = new Map([
      ['a', mine],
      ['b', all],
    ]);
    const asA = allotmentOf({ me: 'a', mine, alive, leases: new Map() });
    const asB = allotmentOf({ me: 'b', mine: all, alive, leases: new Map() });
    expect(asA.claim.size + asB.claim.size).toBe(accounts.length);
    expect([...asA.claim.keys()].every((key) => mine.has(key))).toBe(true);
  });
});
