import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import type { CourierSettings } from '../../src/lib/probe/courier/courier.ts';
import type { Probe } from '../../src/lib/probe/probe.ts';
import type { RelayReport } from '../../src/lib/probe/relay/report.ts';
import type { RelayJob } from '../../src/lib/probe/relay-job.ts';
import { RecipientLists } from '../../src/lib/probe/recipients/recipient-lists.ts';
import type { Sending } from '../../src/lib/probe/recipients/plan-sending.ts';
import { bytesOf } from '../support/journals.ts';
import {
  acceptAll,
  courierFor,
  eventsOf,
  firstOnly,
  minute,
  never,
  noon,
  openDesk,
  probeOf,
  RelayBook,
  taken,
  unreached,
  type DeskDetails,
  type ProbeDetails,
} from '../support/probes.ts';
import { memoryDirectory } from '../support/temporary.ts';

const live = (policy = firstOnly): Sending => ({ mode: 'live', policy });
const day = 864e5;

interface SceneDetails extends DeskDetails {
  readonly sending?: Sending;
  readonly courier?: Partial<CourierSettings>;
  readonly answer?: (job: RelayJob) => RelayReport;
}

function scene({ sending = live(), courier, answer, ...details }: SceneDetails = {}) {
  const dataDir = memoryDirectory();
  const opened = openDesk(dataDir, details);
  const book = new RelayBook(answer);
  opened.desk.takeUp(sending.mode);
  const one = courierFor(opened, book.relay, { sending, ...courier });
  return {
    ...opened,
    dataDir,
    book,
    courier: one,
    hold: (...probes: readonly ProbeDetails[]) => {
      const captures = probes.map((probe) => probeOf(probe));
      opened.desk.hold(captures, sending.mode);
      return captures.map(({ facts }) => facts.id);
    },
    send: () => one.sendApproved(never),
  };
}

const endOf = ({ recipients }: Probe) => recipients.map(({ state, reason }) => [state, reason]);

describe('the courier', () => {
  it('sends exactly what came, to whom the envelope says, whatever headers say', async () => {
    const { desk, book, send, events } = scene();
    const capture = probeOf({
      from: 'spammer@example.org',
      to: ['Tester@example.net'],
      text: 'X-RcptTo: victim@example.com\r\nX-MailFrom: other@example.com\r\nX-Peer: 10.0.0.1\r\n\r\n\xff\0.\r\n',
    });
    desk.hold([capture], 'live');
    await send();
    const { id } = capture.facts;
    expect(book.jobs).toEqual([
      {
        id,
        from: 'spammer@example.org',
        to: ['Tester@example.net'],
        domain: 'example.net',
        content: bytesOf(capture),
      },
    ]);
    expect(desk.show(id).probe).toMatchObject({
      state: 'relayed',
      reports: [{ outcome: 'relayed', queueId: '4711' }],
      recipients: [{ state: 'relayed', sentTo: 'Tester@example.net', reply: '250 2.0.0 Ok: queued as 4711' }],
    });
    expect(eventsOf(events, 'probe.relayed')).toEqual([
      {
        event: 'probe.relayed',
        id,
        rule: 'own-address',
        recipients: ['Tester@example.net'],
        server: 'mx.example.net',
        reply: '250 2.0.0 Ok: queued as 4711',
        reason: 'approved by live',
      },
    ]);
    expect(eventsOf(events, 'probe.refused')).toEqual([]);
  });

  it('allows N at a limit of N', async () => {
    const { desk, book, hold, send } = scene({ limits: { perDay: 20, perRecipient: 3 } });
    hold(...Array.from({ length: 20 }, (_, index) => ({ to: [`r${index}@example.net`] })));
    await send();
    expect(book.recipients).toHaveLength(20);
    expect(desk.list({ states: ['relayed'] })).toHaveLength(20);
    expect(desk.budgetState().limits[0]).toMatchObject({ limit: 'perDay', used: 20, left: 0 });
  });

  it('relays 20 of 100 that come at once, from several couriers, and remembers that', async () => {
    const { desk, book, hold, dataDir } = scene();
    const [first] = hold(...Array.from({ length: 100 }, (_, index) => ({ to: [`r${index}@example.net`] })));
    const couriers = Array.from({ length: 5 }, () => courierFor(openDesk(dataDir), book.relay));
    await Promise.all(couriers.map((courier) => courier.sendApproved(never)));
    expect(book.recipients).toHaveLength(20);
    expect(new Set(book.jobs.map(({ id }) => id)).size).toBe(20);
    desk.close();
    const again = openDesk(dataDir);
    expect(again.desk.budgetState().limits[0]).toMatchObject({ used: 20 });
    expect(again.desk.list({ states: ['held'] })).toHaveLength(80);
    expect(again.desk.statusOf(first!)?.state).toBe('relayed');
    again.desk.hold([probeOf()], 'live');
    await courierFor(again, book.relay).sendApproved(never);
    expect(book.recipients).toHaveLength(20);
  });

  it('counts one that was refused, and keeps one copy', async () => {
    const answer = (job: RelayJob): RelayReport => ({
      ...taken(job),
      outcome: 'refused',
      recipients: [{ address: job.to[0]!, accepted: false, reply: { code: 550, text: '5.7.1 No\u001b[2J' } }],
    });
    const { desk, hold, send, events } = scene({ answer });
    const [id] = hold({ to: ['a@example.net'] });
    await send();
    expect(desk.list()).toHaveLength(1);
    expect(desk.show(id!).probe).toMatchObject({ state: 'refused', content: 'kept' });
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 1 });
    expect(eventsOf(events, 'probe.refused')).toEqual([
      {
        event: 'probe.refused',
        id,
        rule: 'own-address',
        recipients: ['a@example.net'],
        reason: 'mx.example.net refused it: 550 5.7.1 No\\e[2J',
      },
    ]);
  });

  it.each([
    ['unreachable', 'no server could be reached'],
    ['uncertain', 'nobody can tell'],
  ] as const)('never sends again what is %s', async (outcome, words) => {
    const { desk, hold, send, book, events } = scene({ answer: () => ({ ...unreached('no MX'), outcome }) });
    const [id] = hold({});
    await send();
    await send();
    expect(book.jobs).toHaveLength(1);
    expect(desk.show(id!).probe).toMatchObject({ state: outcome, recipients: [{ state: outcome }] });
    expect(eventsOf(events, 'probe.refused')).toMatchObject([{ id, reason: expect.stringContaining(words) as string }]);
    expect(() => desk.approve(id!, 'alice')).toThrow(expect.objectContaining({ code: 'probe.state' }));
  });

  it('sends nothing once the program is ending', async () => {
    const stop = new AbortController();
    const { desk, hold, courier, book } = scene({ courier: { announce: async () => stop.abort() } });
    const [first, second] = hold({}, { to: ['c@example.net'] });
    await courier.run(stop.signal);
    expect(book.jobs).toEqual([]);
    expect(desk.statusOf(first!)).toEqual({ state: 'refused', reason: 'the program was ending before it was sent' });
    expect(desk.statusOf(second!)?.state).toBe('approved');
  });

  it('calls it uncertain when the relay breaks', async () => {
    const { desk, hold, send } = scene({
      courier: {
        relay: async () => {
          throw new Error('the relay has a fault');
        },
      },
    });
    const ids = hold({}, { to: ['c@example.net'] });
    await send();
    for (const id of ids) {
      expect(desk.show(id).probe).toMatchObject({
        state: 'uncertain',
        reason: expect.stringContaining('the relay has a fault') as string,
      });
    }
  });

  it('does not believe a report that does not name a recipient', async () => {
    const { desk, hold, send } = scene({ answer: (job) => ({ ...taken(job), recipients: [] }) });
    const [id] = hold({});
    await send();
    expect(desk.statusOf(id!)?.state).toBe('uncertain');
  });

  it('does not take what somebody has denied or taken a moment before', () => {
    const { desk, hold } = scene();
    const [denied, taken] = hold({}, { to: ['c@example.net'] });
    desk.deny(denied!, 'alice');
    expect(desk.reserve(denied!, live())).toEqual({ is: 'gone' });
    expect(desk.reserve(taken!, live())).toMatchObject({ is: 'reserved' });
    expect(desk.reserve(taken!, live())).toEqual({ is: 'gone' });
    expect(desk.reserve('unknown', live())).toEqual({ is: 'gone' });
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 1 });
  });

  it('refuses what is no longer what came', async () => {
    const { desk, hold, send, book, dataDir } = scene();
    const [id] = hold({});
    writeFileSync(join(dataDir, 'desk', `${id}.eml`), 'Subject: something else\r\n');
    await send();
    expect(book.jobs).toEqual([]);
    expect(desk.statusOf(id!)).toMatchObject({ state: 'refused', reason: expect.stringContaining('bytes') as string });
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 0 });
  });
});

describe('of several recipients', () => {
  const three: ProbeDetails = { to: ['a@example.net', 'b@example.org', 'c@example.net'] };

  it('the first is sent to, and the others are told why not', async () => {
    const { desk, hold, send, book, events } = scene();
    const [id] = hold(three);
    await send();
    expect(book.recipients).toEqual(['a@example.net']);
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 1 });
    const { probe } = desk.show(id!);
    expect(probe.state).toBe('relayed');
    expect(endOf(probe)).toEqual([
      ['relayed', 'mx.example.net took it: 250 2.0.0 Ok: queued as 4711'],
      ['refused', 'of several recipients only the first one is sent to'],
      ['refused', 'of several recipients only the first one is sent to'],
    ]);
    expect(eventsOf(events, 'probe.relayed')).toMatchObject([{ recipients: ['a@example.net'] }]);
  });

  it('all are sent to, by their domains', async () => {
    const { desk, hold, send, book } = scene({ sending: live(acceptAll) });
    const [id] = hold(three);
    await send();
    expect(book.jobs.map(({ domain, to }) => [domain, to])).toEqual([
      ['example.net', ['a@example.net', 'c@example.net']],
      ['example.org', ['b@example.org']],
    ]);
    expect(desk.show(id!).probe).toMatchObject({ state: 'relayed', reports: [{}, {}] });
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 3 });
  });

  it('as many are sent to as the budget has room for', async () => {
    const { desk, hold, send, book } = scene({ sending: live(acceptAll), limits: { perDay: 2, perRecipient: 1 } });
    const [id] = hold(three);
    await send();
    expect(book.recipients).toEqual(['a@example.net', 'b@example.org']);
    expect(endOf(desk.show(id!).probe).map(([state]) => state)).toEqual(['relayed', 'relayed', 'refused']);
    expect(desk.show(id!).probe.recipients[2]!.reason).toContain('2 of 2 sends a day (perDay)');
  });

  it('each has its own end', async () => {
    const answer = (job: RelayJob): RelayReport =>
      job.domain === 'example.org'
        ? unreached('no MX')
        : {
            ...taken(job),
            recipients: job.to.map((address) => ({ address, accepted: !address.startsWith('c') })),
          };
    const { desk, hold, send, events } = scene({ sending: live(acceptAll), answer });
    const [id] = hold(three);
    await send();
    expect(endOf(desk.show(id!).probe).map(([state]) => state)).toEqual(['relayed', 'unreachable', 'refused']);
    expect(eventsOf(events, 'probe.relayed')).toMatchObject([
      { recipients: ['a@example.net'], server: 'mx.example.net' },
    ]);
    expect(eventsOf(events, 'probe.refused')).toMatchObject([{ recipients: ['b@example.org', 'c@example.net'] }]);
  });

  it('they wait for an operator when the policy says so, who then means all of them', async () => {
    const policy = { ...acceptAll, many: 'hold' } as const;
    const { desk, hold, send, book, events } = scene({ sending: live(policy) });
    const [id, single] = hold(three, { to: ['x@example.net'] });
    await send();
    expect(book.recipients).toEqual(['x@example.net']);
    expect(desk.statusOf(single!)?.state).toBe('relayed');
    expect(desk.statusOf(id!)).toEqual({
      state: 'held',
      reason: 'it has 3 recipients, which an operator has to approve',
    });
    expect(eventsOf(events, 'probe.held').at(-1)).toMatchObject({ id });
    desk.approve(id!, 'alice');
    await send();
    expect(book.recipients).toHaveLength(4);
  });

  it('nothing goes to role accounts and to those on the deny list, and a message for them alone is refused', async () => {
    const policy = { ...acceptAll, lists: new RecipientLists({ deny: ['example.org'] }) };
    const { desk, hold, send, book, events } = scene({ sending: live(policy) });
    const [some, none, nobody] = hold(
      { to: ['Abuse@example.net', 'a@example.net', 'b@example.org'] },
      { to: ['postmaster@example.net', 'b@example.org', ''] },
      { to: [] },
    );
    await send();
    expect(book.recipients).toEqual(['a@example.net']);
    expect(desk.statusOf(some!)?.state).toBe('relayed');
    for (const id of [none, nobody]) {
      expect(desk.statusOf(id!)).toEqual({ state: 'refused', reason: 'nothing may be sent to any of its recipients' });
    }
    expect(eventsOf(events, 'probe.refused').map(({ id }) => id)).toEqual([none, nobody]);
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 1 });
  });

  it('counts one mailbox in all of its forms', async () => {
    const { desk, hold, send, book } = scene({ limits: { perDay: 20, perRecipient: 2 } });
    for (const to of ['user@example.net', 'USER+1@example.net', 'user+2@EXAMPLE.net.', 'User@Example.Net']) {
      hold({ to: [to] });
    }
    await send();
    expect(book.recipients).toHaveLength(2);
    expect(desk.list({ states: ['held'] })).toHaveLength(2);
  });

  it('goes to the recipient of the mode test instead', async () => {
    const sending: Sending = { mode: 'test', policy: acceptAll, recipient: 'me@example.com' };
    const { desk, hold, send, book, events } = scene({ sending });
    const [id] = hold(three);
    await send();
    expect(book.jobs).toMatchObject([{ to: ['me@example.com'], domain: 'example.com' }]);
    expect(desk.show(id!).probe.recipients).toMatchObject([
      { address: 'a@example.net', state: 'relayed', sentTo: 'me@example.com' },
      { state: 'refused' },
      { state: 'refused' },
    ]);
    expect(eventsOf(events, 'probe.relayed')).toMatchObject([{ recipients: ['me@example.com'] }]);
  });
});

describe('a budget that is used up', () => {
  const limits = { perDay: 1, perRecipient: 1 };

  it('puts probes back where an operator can approve them later, and says so once', async () => {
    const { desk, hold, send, book, events, clock } = scene({ limits });
    hold({ to: ['a@example.net'] });
    const late = hold({ to: ['b@example.net'] }, { to: ['c@example.net'] });
    events.length = 0;
    await send();
    for (const id of late) {
      expect(desk.show(id).probe).toMatchObject({
        state: 'held',
        reason: 'the budget is used: 1 of 1 sends a day (perDay); more at 2026-11-21T12:00:00.000Z',
      });
      expect(desk.show(id).probe).not.toHaveProperty('decision');
    }
    expect(eventsOf(events, 'probe.held')).toHaveLength(1);
    clock.now = noon + day;
    await send();
    expect(book.jobs).toHaveLength(1);
    desk.approve(late[0]!, 'alice');
    await send();
    expect(book.recipients).toEqual(['a@example.net', 'b@example.net']);
    // And once more, after there was some.
    hold({ to: ['d@example.net'] }, { to: ['e@example.net'] });
    events.length = 0;
    await send();
    expect(eventsOf(events, 'probe.held')).toHaveLength(1);
  });

  it('is told again to whoever approved by hand', async () => {
    const { desk, hold, send, events, book } = scene({ limits, sending: { mode: 'review', policy: firstOnly } });
    const ids = hold({ to: ['a@example.net'] }, { to: ['b@example.net'] }, { to: ['c@example.net'] });
    for (const id of ids) desk.approve(id, 'alice');
    events.length = 0;
    await send();
    expect(book.jobs).toHaveLength(1);
    expect(eventsOf(events, 'probe.held').map(({ id }) => id)).toEqual(ids.slice(1));
  });

  it('says how much is left, and when there will be more', async () => {
    const { desk, hold, send, clock } = scene({ limits: { perDay: 3, perRecipient: 2, perNetwork: 5 } });
    hold({ to: ['a@example.net'] }, { to: ['A+x@example.net'] });
    await send();
    clock.now += minute;
    expect(desk.budgetState()).toEqual({
      at: '2026-11-20T12:01:00.000Z',
      limits: [
        { limit: 'perDay', most: 3, used: 2, left: 1 },
        { limit: 'perRecipient', for: 'a@example.net', most: 2, used: 2, left: 0, freesAt: '2026-11-21T12:00:00.000Z' },
        { limit: 'perNetwork', for: '192.0.2.0/24', most: 5, used: 2, left: 3 },
      ],
    });
  });

  it.each([
    ['perSource', [{ peer: '192.0.2.1' }, { peer: '::ffff:192.0.2.1' }, { peer: '192.0.2.2' }], 2],
    ['perNetwork', [{ peer: '2001:db8::1' }, { peer: '2001:db8::2' }, { peer: '2001:db8:0:1::1' }], 2],
    ['perDomain', [{ to: ['a@example.net'] }, { to: ['b@Example.net'] }, { to: ['b@example.org'] }], 2],
    ['perRule', [{ rule: 'one' }, { rule: 'one' }, { rule: 'two' }], 2],
    ['perHour', [{}, {}, {}], 1],
  ] as const)('keeps to %s where there is one', async (limit, probes, sent) => {
    const { hold, send, book } = scene({ limits: { perDay: 20, perRecipient: 20, [limit]: 1 } });
    hold(...probes);
    await send();
    expect(book.jobs).toHaveLength(sent);
  });

  it('is not freed by a clock that is set back, even into a day that is forgotten', async () => {
    const { hold, send, book, clock, desk } = scene({ limits });
    hold({ to: ['a@example.net'] });
    await send();
    for (const [moment, sent] of [
      [noon - day, 1],
      [noon + 2 * day, 2],
      [noon + 5 * day, 3],
      [noon + 1, 3],
      [noon + 3 * day - 1, 3],
      [noon + 6 * day - 1, 3],
      [noon + 6 * day, 4],
    ] as const) {
      clock.now = moment;
      hold({ to: [`r${moment}@example.net`] });
      await send();
      expect(book.jobs, new Date(moment).toISOString()).toHaveLength(sent);
    }
    clock.now = noon + 1;
    expect(desk.budgetState()).toMatchObject({ spentUntil: expect.any(String) as string });
  });
});

describe('the copy that the operator sees', () => {
  it('is written before anything is sent, and completed afterwards', async () => {
    const told: unknown[] = [];
    const { hold, send, book } = scene({
      courier: {
        announce: async (probe) =>
          void told.push(['announce', probe.state, probe.recipients[0]!.sentTo, book.jobs.length]),
        concluded: async (probe) => void told.push(['concluded', probe.state, book.jobs.length]),
      },
    });
    hold({});
    await send();
    expect(told).toEqual([
      ['announce', 'sending', 'b@example.net', 0],
      ['concluded', 'relayed', 1],
    ]);
  });

  it('that cannot be written keeps the probe from being sent, and the budget stays used', async () => {
    const concluded: string[] = [];
    const { desk, hold, send, book, events } = scene({
      courier: {
        announce: async () => {
          throw new Error('no room');
        },
        concluded: async ({ state }) => void concluded.push(state),
      },
    });
    const [id] = hold({});
    await send();
    expect(book.jobs).toEqual([]);
    expect(desk.statusOf(id!)).toEqual({ state: 'refused', reason: 'its copy could not be written: no room' });
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 1 });
    expect(concluded).toEqual(['refused']);
    expect(eventsOf(events, 'probe.refused')).toHaveLength(1);
  });

  it('that cannot be completed leaves a trace in the story', async () => {
    const { desk, hold, send } = scene({
      courier: {
        concluded: async () => {
          throw new Error('no room');
        },
      },
    });
    const [id] = hold({});
    await send();
    expect(desk.statusOf(id!)?.state).toBe('relayed');
    expect(desk.show(id!).story.at(-1)).toMatchObject({ what: 'concluding failed', why: 'no room' });
  });
});

describe('the kill switch', () => {
  it('stops everything before it is reserved, and is no decision about it', async () => {
    const { desk, hold, send, book } = scene();
    const [id] = hold({});
    expect(desk.stop('alice', 'a complaint')).toBe('stopped');
    await send();
    expect(book.jobs).toEqual([]);
    expect(desk.statusOf(id!)?.state).toBe('approved');
    expect(desk.reserve(id!, live())).toEqual({ is: 'stopped' });
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 0 });
    expect(desk.resume('bob')).toBe('running again');
    await send();
    expect(book.jobs).toHaveLength(1);
    expect(desk.ownStory().map(({ what, who, why }) => [what, who, why])).toContainEqual([
      'stopped',
      'alice',
      'a complaint',
    ]);
    expect(desk.ownStory().at(-1)).toMatchObject({ what: 'resumed', who: 'bob' });
  });

  it('stops what is reserved and not yet connected', async () => {
    const { desk, hold, send, book, events, dataDir } = scene({
      courier: { announce: async () => writeFileSync(join(dataDir, 'relay.stopped'), '') },
    });
    const [id] = hold({});
    await send();
    expect(book.jobs).toEqual([]);
    expect(desk.statusOf(id!)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('relaying was stopped before it was sent') as string,
    });
    expect(desk.budgetState().limits[0]).toMatchObject({ used: 1 });
    expect(eventsOf(events, 'probe.refused')).toHaveLength(1);
  });

  it('stops a relay that asks right before it connects, and the domains after that', async () => {
    const calls: string[] = [];
    const { desk, hold, send } = scene({
      sending: live(acceptAll),
      courier: {
        relay: async (job, mayStill) => {
          calls.push(job.domain);
          if (job.domain === 'one.example' && mayStill()) return taken(job);
          desk.stop('alice', 'now');
          expect(mayStill()).toBe(false);
          return unreached('no MX');
        },
      },
    });
    const [id, later] = hold({ to: ['a@one.example', 'b@two.example', 'c@three.example'] }, { to: ['d@one.example'] });
    await send();
    expect(calls).toEqual(['one.example', 'two.example']);
    expect(endOf(desk.show(id!).probe).map(([state]) => state)).toEqual(['relayed', 'refused', 'refused']);
    expect(desk.show(id!).probe.recipients[2]!.reason).toContain('alice: now');
    expect(desk.statusOf(later!)?.state).toBe('approved');
  });
});

describe('after a restart', () => {
  it('what was being sent is uncertain, and is never sent again', async () => {
    const first = scene();
    const [id] = first.hold({});
    expect(first.desk.reserve(id!, live()).is).toBe('reserved');
    first.desk.close();

    const concluded: string[] = [];
    const opened = openDesk(first.dataDir);
    const stop = new AbortController();
    const book = new RelayBook();
    const courier = courierFor(opened, book.relay, {
      concluded: async ({ state }) => {
        concluded.push(state);
        stop.abort();
      },
    });
    await courier.run(stop.signal);
    await courier.sendApproved(never);
    expect(book.jobs).toEqual([]);
    expect(concluded).toEqual(['uncertain']);
    expect(opened.desk.statusOf(id!)?.state).toBe('uncertain');
    expect(eventsOf(opened.events, 'probe.refused')).toMatchObject([
      { id, recipients: ['b@example.net'], reason: expect.stringContaining('the program ended') as string },
    ]);
  });

  it('in another mode, what the mode before has approved waits again', async () => {
    const { desk, hold, dataDir, book } = scene({ sending: { mode: 'sandbox', policy: firstOnly } });
    const [automatic, byHand] = hold({ to: ['a@example.net'] }, { to: ['b@example.net'] });
    desk.stop('alice', '');
    desk.close();
    const opened = openDesk(dataDir);
    opened.desk.resume('alice');
    opened.desk.takeUp('live');
    await courierFor(opened, book.relay).sendApproved(never);
    expect(book.jobs).toEqual([]);
    for (const id of [automatic, byHand]) expect(opened.desk.statusOf(id!)?.state).toBe('held');
    expect(eventsOf(opened.events, 'probe.held')[0]!.reason).toContain('when the mode was sandbox, and now it is live');
    expect(opened.desk.ownStory()).toMatchObject([{ what: 'mode' }, {}, {}, { what: 'mode' }]);
  });

  it('somebody who is still sending may say what came of it', async () => {
    const first = scene();
    const [id] = first.hold({});
    const reservation = first.desk.reserve(id!, live());
    if (reservation.is !== 'reserved') throw new Error(reservation.is);
    const second = openDesk(first.dataDir);
    second.desk.takeUp('live');
    expect(second.desk.statusOf(id!)?.state).toBe('uncertain');
    const outcomes = [{ sentTo: 'b@example.net', state: 'relayed', reason: 'taken' }] as const;
    first.desk.settle(reservation.probe, { outcomes, why: 'relayed' });
    expect(second.desk.statusOf(id!)?.state).toBe('relayed');
    expect(() => first.desk.settle({ ...reservation.probe, reservation: 99 }, { outcomes, why: '' })).toThrow(
      'reserved',
    );
  });
});

describe('a running courier', () => {
  it('hears at once when it is woken, and soon when another process decides', async () => {
    const { desk, courier, book, hold, dataDir, events } = scene({
      sending: { mode: 'review', policy: firstOnly },
    });
    const [first, second] = hold({ to: ['a@example.net'] }, { to: ['b@example.net'] });
    const stop = new AbortController();
    const running = courier.run(stop.signal);
    const relayed = (count: number) =>
      expect.poll(() => eventsOf(events, 'probe.relayed').length, { interval: 2 }).toBe(count);
    desk.approve(first!, 'alice');
    courier.wake();
    await relayed(1);
    openDesk(dataDir).desk.approve(second!, 'bob');
    await relayed(2);
    stop.abort();
    await running;
    expect(book.recipients).toEqual(['a@example.net', 'b@example.net']);
  });

  it('goes on when relaying is resumed, and rests while it is stopped', async () => {
    const { desk, courier, hold, events } = scene();
    desk.stop('alice', '');
    hold({});
    const stop = new AbortController();
    const running = courier.run(stop.signal);
    const looks = vi.spyOn(desk, 'version');
    const before = desk.version();
    await expect.poll(() => looks.mock.calls.length, { interval: 2 }).toBeGreaterThan(5);
    expect(desk.version(), 'nothing was written meanwhile').toBe(before);
    desk.resume('alice');
    await expect.poll(() => eventsOf(events, 'probe.relayed').length, { interval: 2 }).toBe(1);
    stop.abort();
    await running;
  });

  it('waits for a process that writes, and goes on', async () => {
    const { desk, courier, hold, events, dataDir } = scene({ patience: 1 });
    const writer = new DatabaseSync(join(dataDir, 'desk', 'desk.db'));
    hold({});
    writer.exec('BEGIN EXCLUSIVE');
    const looks = vi.spyOn(desk, 'isSound');
    const stop = new AbortController();
    const running = courier.run(stop.signal);
    for (const use of [() => desk.list(), () => desk.hold([probeOf()], 'live'), () => desk.version()]) {
      expect(use).toThrow(expect.objectContaining({ name: 'Fault', code: 'desk.busy' }));
    }
    writer.exec('COMMIT');
    await expect.poll(() => eventsOf(events, 'probe.relayed').length, { interval: 2 }).toBe(1);
    writer.exec('BEGIN EXCLUSIVE');
    const seen = looks.mock.calls.length;
    await expect.poll(() => looks.mock.calls.length, { interval: 2 }).toBeGreaterThan(seen);
    writer.close();
    hold({ to: ['c@example.net'] });
    courier.wake();
    await expect.poll(() => eventsOf(events, 'probe.relayed').length, { interval: 2 }).toBe(2);
    expect(desk.closed).toBeUndefined();
    stop.abort();
    await running;
  });

  it('keeps an outcome also where it has to wait for that', async () => {
    const { desk, hold, send, dataDir } = scene({
      patience: 1,
      courier: {
        interval: 1,
        relay: async (job, mayStill) => {
          expect(mayStill()).toBe(true);
          const writer = new DatabaseSync(join(dataDir, 'desk', 'desk.db'));
          writer.exec('BEGIN EXCLUSIVE');
          setTimeout(() => writer.close(), 3);
          return taken(job);
        },
      },
    });
    const [id] = hold({});
    await send();
    expect(desk.statusOf(id!)?.state).toBe('relayed');
  });

  it('sends nothing while relaying is off', async () => {
    const { desk, courier, book, dataDir } = scene({ sending: { mode: 'off', policy: firstOnly } });
    const capture = probeOf();
    openDesk(dataDir).desk.hold([capture], 'review');
    desk.approve(capture.facts.id, 'alice');
    await courier.run(never);
    await courier.sendApproved(never);
    expect(book.jobs).toEqual([]);
  });
});
