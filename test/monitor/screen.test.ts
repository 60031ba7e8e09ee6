import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { viewNames } from '../../src/lib/monitor/console-state.ts';
import { hostileTexts, tellHostile, unsafe } from './hostile.ts';
import { Scene, sensorView, textOf, widest } from './scene.ts';
import { accepted, timed } from './events.ts';

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 250, rows: 70 },
  { columns: 40, rows: 10 },
  { columns: 12, rows: 5 },
];

describe.each(sizes)('a screen of $columns columns and $rows rows', (size) => {
  it.each(viewNames.map((name, index) => [name, String(index + 1)]))('has room for the view %s', (_, key) => {
    const scene = new Scene('with-sensor', size).happens({ is: 'state', sensor: sensorView() });
    scene.told(...timed(...Array.from({ length: 200 }, () => accepted({ subject: 'x'.repeat(300) })))).types(key);
    expect(scene.lines).toHaveLength(size.rows);
    expect(widest(scene.lines)).toBeLessThanOrEqual(size.columns);
    expect(scene.types('?').lines).toHaveLength(size.rows);
    expect(widest(scene.lines)).toBeLessThanOrEqual(size.columns);
  });

  it.each(hostileTexts.map((text, index) => [index, text] as const))(
    'shows nothing of hostile text %i that a terminal acts on',
    (_, text) => {
      const scene = new Scene('attached', size);
      tellHostile(scene, text);
      for (const key of '123456789') {
        scene.types(key);
        for (const line of scene.lines) {
          expect(unsafe.exec(textOf(line))?.[0]).toBeUndefined();
          expect(stringWidth(textOf(line))).toBeLessThanOrEqual(size.columns);
        }
      }
      const document = { title: text, pages: [{ name: text, lines: [text, text] }] };
      scene.happens({ is: 'opened', document, effect: { do: 'open', what: 'message', id: text } });
      for (const line of scene.lines) {
        expect(unsafe.exec(textOf(line))?.[0]).toBeUndefined();
        expect(stringWidth(textOf(line))).toBeLessThanOrEqual(size.columns);
      }
      scene.happens({ is: 'said', text }).types('<escape>/').types(text.replaceAll(/[<>]/g, '').slice(0, 50));
      for (const line of scene.lines) expect(unsafe.exec(textOf(line))?.[0]).toBeUndefined();
    },
  );
});

describe('the overview', () => {
  it('shows rates, charts, and what an operator should know, the newest first', () => {
    const alerts = [
      { time: '2026-11-27T10:00:00.000Z', event: 'output.failed', level: 'warning', text: 'an older one' },
      { time: '2026-11-27T10:01:00.000Z', event: 'output.failed', level: 'error', text: 'a newer one' },
    ] as const;
    const { text } = new Scene().happens({ is: 'state', sensor: sensorView({ alerts }) });
    expect(text).toMatch(/relay\s+\d+\.\d\s+1000\s+4\.8 MiB\s+2\s+40/);
    expect(text).toContain('up 2.1m');
    expect(text).toContain('█');
    expect(text.indexOf('a newer one')).toBeLessThan(text.indexOf('an older one'));
  });

  it('says loudly when no mail is taken', () => {
    const sensor = sensorView({ refusing: 'the disk is full' });
    expect(new Scene().happens({ is: 'state', sensor }).text).toContain('NO MAIL IS TAKEN: the disk is full');
  });
});

describe('sessions', () => {
  const session = { intake: 'relay', session: 'S1', peer: '192.0.2.9' } as const;

  it('show who is there, what they tried, and how they left', () => {
    const scene = new Scene('attached', { columns: 140, rows: 24 })
      .types('3')
      .told(
        ...timed(
          { event: 'session.opened', ...session, peerPort: 99 },
          { event: 'login.tried', ...session, mechanism: 'LOGIN', user: 'admin', password: 'hunter2', accepted: true },
          accepted({ session: 'S1' }),
        ),
      );
    expect(scene.chosen).toMatch(/192\.0\.2\.9.*open\s+1.*admin:hunter2/);
    const end = { messages: 1, commands: 4, errors: 0, helo: 'liar.example', endedBy: 'peer' } as const;
    scene.told(...timed({ event: 'session.closed', ...session, ...end }));
    expect(scene.chosen).toMatch(/192\.0\.2\.9.*peer\s+1.*liar\.example/);
    expect(scene.types('/hunter2').chosen).toContain('192.0.2.9');
  });
});

describe('the campaigns', () => {
  const campaign = {
    code: 'c-7k2m9q4',
    name: '',
    messages: 1200,
    sources: 80,
    first: '2026-11-25T08:00:00.000Z',
    last: '2026-11-27T10:00:00.000Z',
    perHour: 12.5,
    sample: 'unpaid invoice',
  };

  it('show size, sources, rate and a sample, and are opened', () => {
    const scene = new Scene().types('9');
    expect(scene.effects).toContainEqual({ do: 'look', at: 'campaigns' });
    scene.happens({ is: 'campaigns', campaigns: [campaign], are: 'The index is up to date.' });
    expect(scene.text).toMatch(/c-7k2m9q4\s+1200\s+80\s+12\.5\s+11-27 10:00\s+unpaid invoice/);
    expect(scene.text).toContain('The index is up to date.');
    expect(scene.types('<enter>').effects).toEqual([{ do: 'open', what: 'campaign', id: 'c-7k2m9q4' }]);
  });

  it('say what is wrong where there are none', () => {
    const scene = new Scene().types('9').happens({ is: 'campaigns', campaigns: [], are: 'There is no index yet.' });
    expect(scene.text).toContain('There is no index yet.');
  });
});

describe('the cluster', () => {
  const member = {
    session: 's1',
    sensor: 'trap-1',
    command: 'collect',
    version: '1.0.0',
    startedAt: '2026-11-27T10:00:00.000Z',
    accepted: 4321,
    lastMinute: 17,
    outputs: [{ name: 'stream', behindBytes: 2048, failing: false }],
    rules: null,
    mailboxes: { named: 200, held: 67 },
  };
  const view = {
    cluster: 'spamtrap',
    servers: [],
    sensors: [
      member,
      { ...member, session: 's2', sensor: 'trap-2', outputs: [{ ...member.outputs[0]!, failing: true }] },
    ],
    leases: { total: 200, held: 199, bySensor: {} },
    streams: [
      {
        stream: 'SPAM',
        messages: 12,
        bytes: 4096,
        maxBytes: 8192,
        replicas: 3,
        leader: 'n2',
        missing: ['n3'],
        consumers: [{ consumer: 'archive', pending: 5, unconfirmed: 2, redelivered: 0 }],
      },
    ],
    rules: null,
    budget: null,
  };

  it('shows who is alive, what is behind, and how streams and leases stand', () => {
    const scene = new Scene().types('0');
    expect(scene.effects).toContainEqual({ do: 'look', at: 'cluster' });
    scene.happens({ is: 'cluster', cluster: view, clusterIs: '' });
    expect(scene.text).toMatch(/trap-1\s+collect\s+4321\s+17\s+2 KiB\s+67 of 200/);
    expect(scene.text).toMatch(/trap-2\s+collect\s+4321\s+17\s+failing/);
    expect(scene.text).toContain('stream SPAM: 12 messages, 4 KiB of 8 KiB, 3 copies; led by n2; missing n3');
    expect(scene.text).toContain('199 of 200 shared mailboxes are collected');
  });

  it('says why there is nothing to be seen', () => {
    const scene = new Scene().types('0').happens({ is: 'cluster', cluster: undefined, clusterIs: 'It is on its own.' });
    expect(scene.text).toContain('It is on its own.');
  });
});
