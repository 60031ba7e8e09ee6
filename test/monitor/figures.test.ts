import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/lib/events/event.ts';
import { exposition } from '../../src/lib/monitor/exposition.ts';
import { Figures } from '../../src/lib/monitor/figures.ts';
import { Series } from '../../src/lib/monitor/series.ts';
import { accepted } from './events.ts';

function figures(...events: readonly Event[]) {
  let now = Date.parse('2026-11-27T10:00:00Z');
  const all = new Figures(() => now);
  const tell = (event: Event) => all.hear({ time: new Date(now).toISOString(), ...event });
  for (const event of events) tell(event);
  return { all, tell, pass: (ms: number) => (now += ms) };
}

describe('a series', () => {
  it('forgets what is older than its bins, and nothing else', () => {
    const series = new Series(3, 1_000);
    series.add(10_000);
    series.add(11_500, 2);
    expect(series.counts(11_900)).toEqual([0, 1, 2]);
    expect(series.counts(12_000)).toEqual([1, 2, 0]);
    expect(series.counts(14_000)).toEqual([0, 0, 0]);
    series.add(99_000);
    expect(series.counts(99_000)).toEqual([0, 0, 1]);
  });

  it('counts on when the clock is set back', () => {
    const series = new Series(3, 1_000);
    series.add(50_000);
    series.add(20_000);
    expect(series.counts(20_000)).toEqual([0, 0, 2]);
  });
});

describe('figures', () => {
  it('count messages by intake, second, minute and hour', () => {
    const { all, tell, pass } = figures(accepted({ size: 100 }), accepted({ intake: 'lmtp', size: 7 }));
    pass(61_000);
    tell(accepted({ size: 50 }));
    const { intakes } = all.at();
    expect(intakes['relay']).toMatchObject({ messages: 2, bytes: 150 });
    expect(intakes['lmtp']).toMatchObject({ messages: 1, bytes: 7 });
    expect(intakes['relay']!.bySecond.at(-1)).toBe(1);
    expect(intakes['relay']!.byMinute.slice(-2)).toEqual([1, 1]);
    expect(intakes['relay']!.byHour.at(-1)).toBe(2);
  });

  it('know who is there', () => {
    const session = { intake: 'relay', session: 's', peer: '192.0.2.1' } as const;
    const { all, tell } = figures({ event: 'session.opened', ...session, peerPort: 1 });
    expect(all.at().intakes['relay']).toMatchObject({ sessions: 1, open: 1 });
    tell({ event: 'session.closed', ...session, endedBy: 'quit', messages: 0, commands: 0, errors: 0 });
    expect(all.at().intakes['relay']).toMatchObject({ sessions: 1, open: 0 });
  });

  it('keep the newest of what an operator should know, and not what a peer can cause by the thousand', () => {
    const { all, tell } = figures();
    for (let number = 0; number < 60; number++) tell({ event: 'journal.untidy', detail: `no ${number}` });
    tell({ event: 'session.rejected', intake: 'relay', peer: '192.0.2.1', limit: 'relay.limits.connections' });
    const { alerts } = all.at();
    expect(alerts).toHaveLength(50);
    expect(alerts.at(-1)).toMatchObject({
      event: 'journal.untidy',
      level: 'warning',
      text: expect.stringMatching(/no 59/),
    });
  });

  it('do not grow with the names of rules', () => {
    const { all, tell } = figures();
    const match = {
      intake: 'relay',
      session: 's',
      peer: '192.0.2.1',
      kind: 'probe',
      hook: 'message',
      because: 'x',
    } as const;
    for (let number = 0; number < 3_000; number++) tell({ event: 'rule.matched', rule: `rule ${number}`, ...match });
    tell({ event: 'rule.matched', rule: 'rule 1', ...match });
    const { rules } = all.at();
    expect(Object.keys(rules)).toHaveLength(1_000);
    expect(rules['rule 1']).toMatchObject({ hits: 2, kind: 'probe' });
  });

  it('tell whether mail is taken', () => {
    const { all, tell } = figures({ event: 'journal.refusing', why: 'full', detail: 'no room' });
    expect(all.at().refusing).toBe('no room');
    tell({ event: 'journal.resumed' });
    expect(all.at().refusing).toBeNull();
  });
});

describe('the exposition', () => {
  it('has every figure, with names that are safe in labels', () => {
    const { all, tell } = figures(accepted({ size: 10 }));
    const match = {
      intake: 'relay',
      session: 's',
      peer: '192.0.2.1',
      kind: 'spam',
      hook: 'message',
      because: 'x',
    } as const;
    tell({ event: 'rule.matched', rule: 'a "b"\\\nc', ...match });
    const text = exposition({
      ...all.at(),
      version: '1.0',
      outputs: [
        {
          output: 'maildir',
          paused: true,
          behindBytes: 12,
          oldest: '2026-11-27T09:59:30Z',
          quarantined: 1,
          delivered: 5,
          failingSince: null,
        },
      ],
      journal: { bytes: 99 },
      disk: { free: 1 },
      memory: { resident: 2 },
      cpu: 0.5,
    });
    expect(text).toContain('spamtrap_captures_total{intake="relay"} 1\n');
    expect(text).toContain('spamtrap_rule_hits_total{rule="a \\"b\\"\\\\\\nc"} 1\n');
    expect(text).toContain('spamtrap_output_lag_seconds{output="maildir"} 30\n');
    expect(text).toContain('spamtrap_output_paused{output="maildir"} 1\n');
    expect(text).toContain('spamtrap_journal_bytes 99\n');
    // Each family is described before its samples, once.
    const described = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    expect(new Set(described).size).toBe(described.length);
    for (const [, name] of text.matchAll(/^(spamtrap_\w+)/gm)) expect(described).toContain(name);
  });
});
