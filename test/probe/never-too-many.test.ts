import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day, hour, type Attempt, type Limits } from '../../src/lib/probe/budget/limits.ts';
import type { Courier } from '../../src/lib/probe/courier/courier.ts';
import type { RelayReport } from '../../src/lib/probe/relay/report.ts';
import type { Relay } from '../../src/lib/probe/relay-job.ts';
import { expectWithin } from '../support/budget-windows.ts';
import {
  acceptAll,
  courierFor,
  never,
  noon,
  openDesk,
  probeOf,
  taken,
  type Clock,
  type OpenedDesk,
} from '../support/probes.ts';
import { runs } from '../support/hostile-fuzz.ts';
import { memoryDirectory } from '../support/temporary.ts';

// Whatever happens in whatever order: what goes out keeps to every limit in every window, and nothing goes out twice.

const limits: Limits = {
  perDay: 6,
  perRecipient: 2,
  perHour: 4,
  perDomain: 4,
  perSource: 4,
  perNetwork: 5,
  perRule: 5,
  bytesPerDay: 600,
};

const recipients = [
  'a@example.org',
  'A+x@Example.org',
  'b@example.org',
  'c@example.net',
  'd@example.com',
  'abuse@x.example',
];
const peers = ['192.0.2.1', '192.0.2.2', '198.51.100.1', '2001:db8::1'];

type Step =
  | {
      readonly do: 'hold';
      readonly to: readonly string[];
      readonly peer: string;
      readonly rule: string;
      readonly size: number;
    }
  | { readonly do: 'approve' | 'deny'; readonly which: number }
  | { readonly do: 'clock'; readonly by: number }
  | {
      readonly do: 'send';
      readonly couriers: number;
      readonly outcome: RelayReport['outcome'] | 'throws';
      readonly announced: boolean;
    }
  | { readonly do: 'die' }
  | { readonly do: 'restart' | 'stop' | 'resume' };

const outcomes = ['relayed', 'relayed', 'refused', 'unreachable', 'uncertain', 'throws'] as const;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      to: fc.array(fc.constantFrom(...recipients), { minLength: 1, maxLength: 3 }),
      peer: fc.constantFrom(...peers),
      rule: fc.constantFrom('one', 'two'),
      size: fc.integer({ min: 1, max: 150 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      couriers: fc.integer({ min: 1, max: 3 }),
      outcome: fc.constantFrom(...outcomes),
      announced: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('approve' as const, 'deny' as const), which: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      by: fc.oneof(fc.integer({ min: -2 * day, max: 2 * day }), fc.integer({ min: 0, max: hour }), fc.constant(day)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('die' as const, 'restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('stop' as const, 'resume' as const) }) },
);

class World {
  readonly sends: Attempt[] = [];
  readonly clock: Clock = { now: noon };
  readonly #dataDir = memoryDirectory();
  readonly #sources = new Map<string, { peer: string; rule: string; size: number }>();
  #opened: OpenedDesk;

  constructor() {
    this.#opened = this.#open();
    this.#opened.desk.takeUp('live');
  }

  async take(step: Step): Promise<void> {
    const { desk } = this.#opened;
    switch (step.do) {
      case 'hold': {
        const probe = probeOf({ ...step, text: 'x'.repeat(step.size) });
        this.#sources.set(probe.facts.id, step);
        desk.hold([probe, probe], 'live');
        return;
      }
      case 'approve':
      case 'deny': {
        const waiting = desk.list({ states: ['held'] });
        const probe = waiting[step.which % Math.max(1, waiting.length)];
        if (probe) desk[step.do](probe.id, 'alice');
        return;
      }
      case 'clock':
        this.clock.now += step.by;
        return;
      case 'send': {
        const couriers = Array.from({ length: step.couriers }, () => this.#courier(step));
        await Promise.all(couriers.map((courier) => courier.sendApproved(never)));
        return;
      }
      case 'die': {
        // Reserved, and then nothing more is heard of it.
        const probe = desk.next();
        if (probe) desk.reserve(probe.id, { mode: 'live', policy: acceptAll });
        return this.#restart();
      }
      case 'restart':
        return this.#restart();
      case 'stop':
      case 'resume':
        if (step.do === 'stop') desk.stop('alice', '');
        else desk.resume('alice');
    }
  }

  /** How many wait because of a limit. */
  get limited(): number {
    const held = this.#opened.desk.list({ states: ['held'] });
    return held.filter(({ reason }) => reason.startsWith('the budget is used')).length;
  }

  end(): void {
    this.#opened.desk.close();
    rmSync(this.#dataDir, { recursive: true });
  }

  #open(): OpenedDesk {
    return openDesk(this.#dataDir, { limits, clock: this.clock, room: { most: 8 } });
  }

  #restart(): void {
    this.#opened.desk.close();
    this.#opened = this.#open();
    expect(this.#opened.desk.closed).toBeUndefined();
    this.#opened.desk.takeUp('live');
  }

  #courier({ outcome, announced }: Extract<Step, { do: 'send' }>): Courier {
    const opened = this.#open();
    const relay: Relay = async (job, mayStill) => {
      if (!mayStill()) throw new Error('stopped');
      const { peer, rule, size } = this.#sources.get(job.id)!;
      for (const to of job.to) {
        const [local = '', domain = ''] = to.toLowerCase().split('@');
        this.sends.push({
          at: this.clock.now,
          probe: job.id,
          recipient: `${local.replace(/\+.*/, '')}@${domain}`,
          domain,
          source: peer,
          network: peer.includes(':') ? '2001:db8::/64' : peer.replace(/\d+$/, '0/24'),
          rule,
          bytes: size,
        });
      }
      // Others get their turn while this one is under way.
      await Promise.resolve();
      if (outcome === 'throws') throw new Error('broken');
      return { ...taken(job), outcome };
    };
    const announce = async () => {
      if (!announced) throw new Error('no room');
    };
    return courierFor(opened, relay, { sending: { mode: 'live', policy: acceptAll }, announce });
  }
}

test('no sequence of events sends more than any limit allows, or anything twice', async () => {
  let limited = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), async (steps) => {
      const world = new World();
      for (const step of steps) await world.take(step);
      expectWithin(limits, world.sends);
      const once = world.sends.map(({ probe, recipient }) => `${probe} ${recipient}`);
      expect(new Set(once).size).toBe(once.length);
      limited += world.limited;
      world.end();
    }),
    { numRuns: runs(40) },
  );
  // Limits were really reached, or this would show nothing.
  expect(limited).toBeGreaterThan(0);
});
