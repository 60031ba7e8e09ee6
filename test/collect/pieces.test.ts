import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteGate } from '../../src/lib/collect/byte-gate.ts';
import { Connections } from '../../src/lib/collect/connections.ts';
import { chooseFolders } from '../../src/lib/collect/folders.ts';
import { Handovers } from '../../src/lib/collect/handovers.ts';
import { mannersAt } from '../../src/lib/collect/providers.ts';
import { Retry } from '../../src/lib/collect/retry.ts';
import { uidSets } from '../../src/lib/mailbox/imap/uid-set.ts';
import { loginTrouble, throttleTime } from '../../src/lib/mailbox/server-words.ts';

describe('uids as sets', () => {
  it('are written in ranges', () => {
    expect(uidSets(['7', '1', '3', '2', '9', '8']).map(({ text }) => text)).toEqual(['1:3,7:9']);
  });

  it('name each uid once, in commands that are short enough', () => {
    const uids = fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 3_000 });
    fc.assert(
      fc.property(uids, fc.integer({ min: 1, max: 500 }), (numbers, most) => {
        const sets = uidSets(numbers.map(String), most);
        const named = sets.flatMap(({ text, count }) => {
          const inSet = text.split(',').flatMap((range) => {
            const [first, last = first] = range.split(':').map(Number);
            return Array.from({ length: last! - first! + 1 }, (_, index) => first! + index);
          });
          expect(inSet).toHaveLength(count);
          expect(count).toBeLessThanOrEqual(most);
          expect(text.length).toBeLessThan(8_000);
          return inSet;
        });
        expect(named).toEqual(numbers.toSorted((one, other) => one - other));
      }),
    );
  });
});

describe('folders', () => {
  const folder = (name: string, specialUse?: string, selectable = true) => ({ name, specialUse, selectable });
  const remote = [
    folder('INBOX', '\\Inbox'),
    folder('[Gmail]', undefined, false),
    folder('[Gmail]/Spam', '\\Junk'),
    folder('Lists/a'),
    folder('Lists/b'),
  ];

  it.each([
    [['inbox', '\\junk'], ['INBOX', '[Gmail]/Spam'], []],
    [['*'], ['INBOX', '[Gmail]/Spam', 'Lists/a', 'Lists/b'], []],
    [['Lists/%', 'Lists/a'], ['Lists/a', 'Lists/b'], []],
    [['[Gmail]', 'Nowhere', '[Gmail]/Spam'], ['[Gmail]/Spam'], ['[Gmail]', 'Nowhere']],
    [['L*s/*'], ['Lists/a', 'Lists/b'], []],
    [['Lists/a*a'], [], ['Lists/a*a']],
  ])('%j mean %j', (wishes, chosen, missing) => {
    expect(chooseFolders(wishes, remote)).toEqual({ chosen, missing });
  });
});

describe('the gate for bytes', () => {
  it('never lets in more than there is room for, but what is larger than that alone, and all in their order', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sizes, async (all) => {
        const gate = new ByteGate(100);
        const order: number[] = [];
        let held = 0;
        let count = 0;
        await Promise.all(
          all.map(async (bytes, index) => {
            await gate.enter(bytes);
            held += bytes;
            count++;
            order.push(index);
            expect(held <= 100 || count === 1).toBe(true);
            await Promise.resolve();
            held -= bytes;
            count--;
            gate.leave(bytes);
          }),
        );
        expect(order).toEqual(all.map((_, index) => index));
      }),
    );
  });
});

describe('connections', () => {
  const never = new AbortController().signal;
  const caller = (host: string, account: string) => ({ host, account, perAccount: 2 });

  it('are limited in all, for each host and for each account', async () => {
    const connections = new Connections({ total: 4, perHost: 3 });
    const leave = await connections.take(caller('a', 'one'), never);
    await connections.take(caller('a', 'one'), never);
    let third = false;
    const waiting = connections.take(caller('a', 'one'), never).then(() => (third = true));
    await connections.take(caller('a', 'two'), never);
    let other = false;
    void connections.take(caller('a', 'three'), never).then(() => (other = true));
    // Whose server is busy does not hold up those who go elsewhere.
    await connections.take(caller('b', 'four'), never);
    expect(connections.isWanted(caller('a', 'one'))).toBe(true);
    expect([third, other]).toEqual([false, false]);
    leave();
    leave();
    await waiting;
    expect([third, other]).toEqual([true, false]);
  });

  it('are no longer waited for after the signal', async () => {
    const connections = new Connections({ total: 1, perHost: 1 });
    const leave = await connections.take(caller('a', 'one'), never);
    const abort = new AbortController();
    const waiting = connections.take(caller('a', 'two'), abort.signal);
    abort.abort();
    await expect(waiting).rejects.toThrow();
    leave();
    await connections.take(caller('a', 'three'), never);
  });
});

describe('the next attempt', () => {
  it('comes after a time drawn from a span that doubles up to five minutes', () => {
    const retry = new Retry(() => 1);
    const spans = Array.from({ length: 12 }, () => retry.failed({ why: 'lost', retryAfterMs: undefined }).inMs);
    expect(spans.slice(0, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(spans.at(-1)).toBe(300_000);
    expect(new Retry(() => 0).failed({ why: 'lost', retryAfterMs: undefined }).inMs).toBe(0);
  });

  it('does not come before the server wants', () => {
    expect(new Retry(() => 0).failed({ why: 'throttled', retryAfterMs: 42_000 })).toEqual({
      inMs: 42_000,
      locked: false,
    });
  });

  it('comes much later when the login was refused twice', () => {
    const retry = new Retry(() => 0);
    const refused = { why: 'credentials', retryAfterMs: undefined } as const;
    expect(retry.failed(refused)).toEqual({ inMs: 30_000, locked: false });
    expect(retry.failed(refused)).toEqual({ inMs: 3_600_000, locked: true });
    retry.succeeded();
    expect(retry.failed(refused).locked).toBe(false);
  });
});

describe('what all outputs have', () => {
  it('begins where the last begins, and ends where the first ends', () => {
    const handovers = new Handovers(['a', 'b']);
    expect(handovers.common).toBeUndefined();
    handovers.hear({ output: 'a', since: '01', upTo: '09', refused: [] });
    expect(handovers.common).toBeUndefined();
    handovers.hear({ output: 'b', since: '03', upTo: '07', refused: ['05'] });
    expect(handovers.common).toEqual({ since: '03', upTo: '07' });
    expect(handovers.refusedBy('05')).toBe('b');
    handovers.hear({ output: 'a', since: '08', upTo: '09', refused: [] });
    expect(handovers.common).toBeUndefined();
  });

  it('is everything where nothing is waited for', () => {
    const { common } = new Handovers([]);
    expect(common!.since <= '0' && 'Z' <= common!.upTo).toBe(true);
  });
});

describe('a provider', () => {
  it.each([
    ['imap.gmail.com', 4],
    ['IMAP.Mail.Yahoo.com', 3],
    ['outlook.office365.com', 4],
    ['notgmail.com', 3],
  ])('%s is given %d connections', (host, connections) => {
    expect(mannersAt(host).connections).toBe(connections);
  });

  it('that hangs up after a minute is not left to idle for longer', () => {
    expect(mannersAt('imap.163.com').idleMs).toBeLessThan(60_000);
    expect(mannersAt('imap.example.org').idleMs).toBe(240_000);
  });
});

describe('what a server says', () => {
  it.each([
    ['AUTHENTICATIONFAILED', 'Invalid credentials', 'credentials'],
    [undefined, 'Login failed.', 'credentials'],
    ['UNAVAILABLE', 'Internal error', 'throttled'],
    ['IN-USE', 'Mailbox is locked by another session', 'throttled'],
    [undefined, 'Too many simultaneous connections', 'throttled'],
    [undefined, 'User is authenticated but not connected.', 'throttled'],
  ])('[%s] %s means %s', (code, words, kind) => {
    expect(loginTrouble(code, words)).toBe(kind);
  });

  it.each([
    ['Request is throttled. Suggested Backoff Time: 299961 milliseconds', 299_961],
    ['try again in 5 minutes', 300_000],
    ['please wait', undefined],
  ])('%s asks for %s ms', (words, ms) => {
    expect(throttleTime(words)).toBe(ms);
  });
});
