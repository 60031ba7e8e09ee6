import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeStates } from '../../src/lib/probe/probe.ts';
import { deskLayout, hasDesk } from '../../src/lib/probe/desk/layout.ts';
import { captureOf } from '../support/captures.ts';
import { bytesOf } from '../support/journals.ts';
import { courierFor, eventsOf, firstOnly, minute, never, openDesk, probeOf, RelayBook } from '../support/probes.ts';
import { memoryDirectory } from '../support/temporary.ts';

const day = 864e5;
const messages = (dataDir: string) => readdirSync(join(dataDir, 'desk')).filter((name) => name.endsWith('.eml'));

describe('the desk', () => {
  it('is made where there is none, for its user alone', () => {
    const dataDir = join(memoryDirectory(), 'a', 'data');
    expect(hasDesk(dataDir)).toBe(false);
    const { desk } = openDesk(dataDir);
    expect(desk.closed).toBeUndefined();
    expect(hasDesk(dataDir)).toBe(true);
    desk.hold([probeOf()], 'review');
    const { directory, database, marker } = deskLayout(dataDir);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const path of [database, marker, join(directory, messages(dataDir)[0]!)]) {
      expect(statSync(path).mode & 0o777, path).toBe(0o600);
    }
  });

  it('holds what a rule has chosen, with everything that is known of it', () => {
    const dataDir = memoryDirectory();
    const { desk, events } = openDesk(dataDir);
    const capture = probeOf({ to: ['a@example.net', 'b@example.net'], peer: '192.0.2.7' });
    desk.hold([captureOf(Buffer.from('no probe\r\n')), capture], 'review');
    const { id, sha256, size } = capture.facts;
    const recipient = { state: 'held', reason: 'it waits for an operator' };
    expect(desk.list()).toEqual([
      {
        id,
        state: 'held',
        reason: 'it waits for an operator',
        heldAt: '2026-11-20T12:00:00.000Z',
        changedAt: '2026-11-20T12:00:00.000Z',
        rule: 'own-address',
        because: 'the subject mentions 192.0.2.25',
        envelope: { from: 'a@example.org', to: ['a@example.net', 'b@example.net'] },
        recipients: [
          { address: 'a@example.net', ...recipient },
          { address: 'b@example.net', ...recipient },
        ],
        peer: '192.0.2.7',
        session: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
        helo: 'relay.example.org',
        queueId: '0123456789A',
        size,
        sha256,
        content: 'kept',
        reports: [],
      },
    ]);
    expect(readFileSync(join(dataDir, 'desk', `${id}.eml`))).toEqual(bytesOf(capture));
    expect(desk.contentOf(id)).toEqual(bytesOf(capture));
    expect(events).toEqual([
      {
        event: 'probe.held',
        id,
        rule: 'own-address',
        recipients: ['a@example.net', 'b@example.net'],
        reason: 'it waits for an operator',
      },
    ]);
  });

  it('keeps every byte, in memory or in a file, and every word of a peer', () => {
    const dataDir = memoryDirectory();
    const { desk } = openDesk(dataDir);
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    const to = ['a\0b\u001b[2J@example.org', '\udcff\udc80@x', '\ud83d\ude00@example.org', 'a\u2028b'];
    const capture = probeOf({ text: bytes.toString('latin1'), asFile: join(dataDir, 'side'), to, from: '\udcfe' });
    desk.hold([capture], 'review');
    const [probe] = desk.list();
    expect(probe!.envelope).toEqual({ from: '\udcfe', to });
    expect(probe!.recipients.map(({ address }) => address)).toEqual(to);
    expect(desk.contentOf(probe!.id)).toEqual(bytesOf(capture));
  });

  it('takes each capture once, however often the journal repeats itself', () => {
    const dataDir = memoryDirectory();
    const first = openDesk(dataDir);
    const capture = probeOf();
    first.desk.hold([capture, capture], 'review');
    first.desk.hold([capture], 'review');
    first.desk.deny(capture.facts.id, 'alice');
    first.desk.close();
    const { desk, events } = openDesk(dataDir);
    desk.hold([capture], 'live');
    expect(desk.list().map(({ state }) => state)).toEqual(['denied']);
    expect(eventsOf([...first.events, ...events], 'probe.held')).toHaveLength(1);
  });

  it('holds a batch as a whole or not at all', () => {
    const dataDir = memoryDirectory();
    const { desk } = openDesk(dataDir);
    const capture = probeOf();
    const gone = { ...probeOf(), content: { kind: 'file', path: join(dataDir, 'nowhere'), size: 3 } } as const;
    expect(() => desk.hold([capture, gone], 'review')).toThrow('ENOENT');
    expect(desk.list()).toEqual([]);
    expect(desk.closed).toBeUndefined();
    desk.hold([capture], 'review');
    expect(desk.list()).toHaveLength(1);
  });

  it('keeps nothing while relaying is off', () => {
    const dataDir = memoryDirectory();
    const { desk, events } = openDesk(dataDir);
    expect(desk.hold([probeOf()], 'off')).toEqual([]);
    expect(desk.list()).toEqual([]);
    expect(messages(dataDir)).toEqual([]);
    expect(events).toEqual([]);
  });

  it.each(['sandbox', 'test', 'live'] as const)('approves by itself in the mode %s', (mode) => {
    const { desk, events } = openDesk(memoryDirectory());
    desk.hold([probeOf()], mode);
    const [probe] = desk.list();
    expect(probe).toMatchObject({ state: 'approved', decision: { by: mode, is: 'automatic', under: mode } });
    expect(eventsOf(events, 'probe.held')).toMatchObject([{ reason: `approved by the mode ${mode}` }]);
  });

  it('has room for so many, and lets the oldest go for more', () => {
    const dataDir = memoryDirectory();
    const { desk, events, clock } = openDesk(dataDir, { room: { most: 3 } });
    const captures = Array.from({ length: 5 }, () => probeOf());
    for (const capture of captures) {
      clock.now += minute;
      desk.hold([capture], 'review');
    }
    const ids = captures.map(({ facts }) => facts.id);
    expect(desk.list({ states: ['held'] }).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(desk.list({ states: ['expired'] }).map(({ id, content }) => [id, content])).toEqual([
      [ids[0], 'gone'],
      [ids[1], 'gone'],
    ]);
    expect(messages(dataDir).toSorted((a, b) => a.localeCompare(b))).toEqual(ids.slice(2).map((id) => `${id}.eml`));
    expect(eventsOf(events, 'probe.refused').map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(eventsOf(events, 'probe.refused')[0]!.reason).toContain('more than 3 probes');
  });

  it('lets go of what is approved last', () => {
    const { desk, clock } = openDesk(memoryDirectory(), { room: { most: 2 } });
    const captures = [probeOf(), probeOf(), probeOf()];
    desk.hold([captures[0]!], 'live');
    clock.now += minute;
    desk.hold(captures.slice(1), 'review');
    expect(desk.statusOf(captures[0]!.facts.id)?.state).toBe('approved');
    expect(desk.statusOf(captures[1]!.facts.id)?.state).toBe('expired');
  });

  it('has room for so many bytes, and none for one that is larger than all of it', () => {
    const dataDir = memoryDirectory();
    const { desk, events } = openDesk(dataDir, { room: { mostBytes: 100 } });
    const captures = [50, 40, 30, 101].map((size) => probeOf({ text: 'x'.repeat(size) }));
    for (const capture of captures) desk.hold([capture], 'live');
    expect(desk.list().map(({ state, size }) => [size, state])).toEqual([
      [50, 'expired'],
      [40, 'approved'],
      [30, 'approved'],
      [101, 'expired'],
    ]);
    expect(messages(dataDir)).toHaveLength(2);
    expect(eventsOf(events, 'probe.refused').map(({ reason }) => reason)).toEqual([
      expect.stringContaining('too many bytes'),
      expect.stringContaining('larger than all the room'),
    ]);
    desk.hold([captures[3]!], 'live');
    expect(desk.list()).toHaveLength(4);
  });

  it('keeps the bytes of what is finished for a while, and its story for longer', () => {
    const dataDir = memoryDirectory();
    const { desk, clock } = openDesk(dataDir, { room: { keepContent: 30 * day } });
    const [old, waiting] = [probeOf(), probeOf()];
    desk.hold([old, waiting], 'review');
    desk.deny(old.facts.id, 'alice');
    clock.now += 30 * day - 1;
    desk.hold([probeOf()], 'review');
    expect(desk.contentOf(old.facts.id)).toBeDefined();
    clock.now += 1;
    desk.hold([probeOf()], 'review');
    expect(desk.contentOf(old.facts.id)).toBeUndefined();
    expect(messages(dataDir)).not.toContain(`${old.facts.id}.eml`);
    expect(desk.contentOf(waiting.facts.id)).toBeDefined();
    expect(desk.show(old.facts.id)).toMatchObject({ probe: { content: 'gone', state: 'denied' } });
    expect(desk.show(old.facts.id).story.map(({ what }) => what)).toEqual(['held', 'denied', 'content removed']);
  });

  it('remembers so many finished ones', () => {
    const dataDir = memoryDirectory();
    const { desk, clock } = openDesk(dataDir, { room: { history: 2 } });
    const captures = Array.from({ length: 4 }, () => probeOf());
    desk.hold(captures, 'review');
    for (const { facts } of captures) {
      clock.now += 1;
      desk.deny(facts.id, 'alice');
    }
    const last = probeOf();
    desk.hold([last], 'review');
    expect(desk.list().map(({ id }) => id)).toEqual([...captures.slice(2), last].map(({ facts }) => facts.id));
    expect(messages(dataDir)).toHaveLength(3);
    expect(desk.statusOf(captures[0]!.facts.id)).toBeUndefined();
  });

  it('removes what a crash has left without a row', () => {
    const dataDir = memoryDirectory();
    const { desk } = openDesk(dataDir);
    const capture = probeOf();
    desk.hold([capture], 'review');
    writeFileSync(join(dataDir, 'desk', `${probeOf().facts.id}.eml`), 'half');
    desk.takeUp('review');
    expect(messages(dataDir)).toEqual([`${capture.facts.id}.eml`]);
  });
});

describe('an operator', () => {
  function held(count = 1) {
    const opened = openDesk(memoryDirectory());
    const captures = Array.from({ length: count }, () => probeOf());
    opened.desk.takeUp('review');
    opened.desk.hold(captures, 'review');
    return { ...opened, ids: captures.map(({ facts }) => facts.id) };
  }

  it('approves, by the beginning of an id in any case', () => {
    const { desk, ids } = held();
    const approved = desk.approve(ids[0]!.slice(0, 20).toLowerCase(), 'alice');
    expect(approved).toMatchObject({
      id: ids[0],
      state: 'approved',
      reason: 'approved by alice',
      recipients: [{ state: 'approved' }],
      decision: { by: 'alice', is: 'operator', under: 'review' },
    });
    expect(desk.next()?.id).toBe(ids[0]);
  });

  it('denies, also what was approved and has not gone yet', () => {
    const { desk, ids } = held(2);
    desk.approve(ids[0]!, 'alice');
    for (const id of ids) {
      const reason = 'denied by bob: somebody else lives there';
      expect(desk.deny(id, 'bob', 'somebody else lives there')).toMatchObject({ state: 'denied', reason });
    }
    expect(desk.next()).toBeUndefined();
  });

  it('is told what there is not, and what could be several', () => {
    const { desk, ids } = held(2);
    const fault = (code: string) => expect.objectContaining({ name: 'Fault', code }) as Error;
    expect(() => desk.show('nothing')).toThrow(fault('probe.unknown'));
    expect(() => desk.show(`' OR 1=1 --`)).toThrow(fault('probe.unknown'));
    expect(() => desk.show(ids[0]!.slice(0, 8))).toThrow(fault('probe.ambiguous'));
    expect(() => desk.show('')).toThrow(fault('probe.unknown'));
  });

  it('cannot approve what is not held, nor deny what is finished', () => {
    const { desk, ids } = held();
    desk.deny(ids[0]!, 'alice\u009b');
    for (const decide of [() => desk.approve(ids[0]!, 'bob'), () => desk.deny(ids[0]!, 'bob')]) {
      expect(decide).toThrow(expect.objectContaining({ code: 'probe.state' }));
    }
    expect(desk.show(ids[0]!).story.map(({ what, who }) => [what, who])).toEqual([
      ['held', 'rule own-address'],
      ['denied', 'alice\\x9b'],
    ]);
  });

  it('finds the whole way of a probe in its story, and only there', async () => {
    const opened = held();
    const { desk, ids, clock } = opened;
    clock.now += minute;
    desk.approve(ids[0]!, 'alice\u001b[2J');
    clock.now += minute;
    const courier = courierFor(opened, new RelayBook().relay, {
      sending: { mode: 'review', policy: firstOnly },
    });
    await courier.sendApproved(never);
    expect(desk.show(ids[0]!).story).toEqual([
      {
        at: '2026-11-20T12:00:00.000Z',
        probe: ids[0],
        what: 'held',
        who: 'rule own-address',
        why: 'the subject mentions 192.0.2.25',
      },
      {
        at: '2026-11-20T12:01:00.000Z',
        probe: ids[0],
        what: 'approved',
        who: 'alice\\e[2J',
        why: 'approved by alice\\e[2J',
      },
      {
        at: '2026-11-20T12:02:00.000Z',
        probe: ids[0],
        what: 'reserved',
        who: 'review',
        why: '1 of the budget, for b@example.net',
      },
      {
        at: '2026-11-20T12:02:00.000Z',
        probe: ids[0],
        what: 'sending',
        who: 'review',
        why: 'it is being sent to b@example.net',
      },
      {
        at: '2026-11-20T12:02:00.000Z',
        probe: ids[0],
        what: 'reported',
        who: 'mx.example.net',
        why: 'relayed: b@example.net',
      },
      {
        at: '2026-11-20T12:02:00.000Z',
        probe: ids[0],
        what: 'relayed',
        who: 'relay',
        why: 'mx.example.net took it: 250 2.0.0 Ok: queued as 4711',
      },
    ]);
  });

  it('sees what is finished since a moment, and what waits', () => {
    const { desk, ids, clock } = held(3);
    desk.deny(ids[2]!, 'alice');
    clock.now += minute;
    desk.deny(ids[0]!, 'alice');
    expect(desk.history().map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    expect(desk.history({ since: clock.now }).map(({ id }) => id)).toEqual([ids[0]]);
    expect(desk.history({ most: 1 }).map(({ id }) => id)).toEqual([ids[0]]);
    expect(desk.list({ states: ['held', 'approved'] }).map(({ id }) => id)).toEqual([ids[1]]);
    expect(desk.list({ rule: 'other' })).toEqual([]);
    expect(desk.list({ rule: 'own-address', most: 2 })).toHaveLength(2);
    expect(desk.list({ states: probeStates })).toHaveLength(3);
  });

  it('gets plain data that JSON can carry', () => {
    const { desk, ids } = held(2);
    desk.approve(ids[0]!, 'alice');
    for (const data of [desk.list(), desk.show(ids[0]!), desk.budgetState(), desk.history(), desk.ownStory()]) {
      expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    }
  });

  it('sees the decisions of another process at once', () => {
    const { desk, ids } = held();
    const dataDir = join(desk.killSwitch.path, '..');
    const other = openDesk(dataDir);
    const before = desk.version();
    expect(desk.version()).toBe(before);
    other.desk.approve(ids[0]!, 'alice');
    expect(desk.version()).not.toBe(before);
    expect(desk.next()?.id).toBe(ids[0]);
  });
});
