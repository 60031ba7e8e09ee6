import { accepted, timed } from './events.ts';
import { sensorView, type Scene } from './scene.ts';

/** What others have found that terminals act on, and what fools those who read. */
export const hostileTexts: readonly string[] = [
  '\u001b[2J\u001b[H owned',
  '\u001b]0;title\u0007 and \u001b]52;c;ZXZpbA==\u0007',
  '\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\',
  '\u001bP1$r0m\u001b\\ \u001bX sos \u001b\\ \u001b_ apc \u001b\\ \u001b^ pm \u001b\\',
  '\u009b31m \u009d0;x\u009c \u0090q\u009c \u0085 \u008d',
  'a\rb\nc\td\be\u0000f\u007fg\u000ch',
  '\u202egnp.exe\u202c \u2066isolated\u2069 \u200fmark \u061c',
  'z\u200be\u200cr\u200do\ufeff w\u00adi\u2060d\u180eth',
  `e${'\u0301'.repeat(500)}`,
  'ﷺ'.repeat(40),
  '限时优惠'.repeat(40),
  '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(20),
  'שלום עולם مرحبا بالعالم',
  'x'.repeat(100_000),
  '界'.repeat(100_000),
  '\udc80\udcff\udc9b lone',
  '\u{e0041}\u{e0042} tags \u2028 line \u2029 end',
];

/** What none of it may leave on the screen. Marks that make an emoji of several are harmless within one. */
export const unsafe =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\u{e0000}-\u{e0fff}]/u;

/** Puts the text wherever text of a peer, a server or a person can be. */
export function tellHostile(scene: Scene, text: string): void {
  const session = { intake: 'relay', session: text, peer: '192.0.2.1' } as const;
  scene.told(
    ...timed(
      { event: 'session.opened', ...session, peerPort: 1 },
      { event: 'login.tried', ...session, mechanism: text, user: text, password: text, accepted: false },
      { event: 'tls.started', ...session, version: 'TLSv1.3', cipher: text, sni: text },
      accepted({ from: text, to: text, subject: text, tags: [text], rules: [text], session: text }),
      { event: 'session.closed', ...session, endedBy: 'quit', messages: 1, commands: 1, errors: 0, helo: text },
      { event: 'output.failed', output: text, detail: text, attempt: 1, retryInMs: 1 },
      { event: 'probe.held', id: text, rule: text, recipients: [text], reason: text },
    ),
  );
  const sensor = sensorView();
  const [output] = sensor.outputs;
  const at = '2026-11-27T10:00:00.000Z';
  scene.happens({
    is: 'state',
    sensor: {
      ...sensor,
      command: text,
      refusing: text,
      rules: { [text]: { hits: 1, kind: text, lastAt: at } },
      alerts: [{ time: at, event: 'output.failed', level: 'error', text }],
      outputs: [{ ...output!, output: text, failingSince: at, lastError: { detail: text, at, attempts: 1 } }],
    },
  });
  scene.happens({ is: 'probes', probes: [{ id: text, state: text, line: text }] });
  const lastFault = { at, why: text, detail: text };
  const mailbox = { mailbox: text, phase: 'failing', folders: [text], missing: [text], figures: {}, lastFault };
  scene.happens({ is: 'mailboxes', mailboxes: [mailbox] });
  const figures = { messages: 3, sources: 2, first: at, last: at, perHour: 1.5 };
  const member = { session: text, sensor: text, command: text, version: text, startedAt: text, accepted: 1 };
  const alike = {
    lastMinute: 1,
    outputs: [{ name: text, behindBytes: 1, failing: false }],
    rules: text,
    mailboxes: null,
  };
  const consumers = [{ consumer: text, pending: 1, unconfirmed: 1, redelivered: 1 }];
  const stream = {
    stream: text,
    messages: 1,
    bytes: 1,
    maxBytes: 1,
    replicas: 1,
    leader: text,
    missing: [text],
    consumers,
  };
  scene.happens({
    is: 'cluster',
    cluster: {
      cluster: text,
      servers: [],
      sensors: [{ ...member, ...alike }],
      leases: { total: 1, held: 1, bySensor: { [text]: 1 } },
      streams: [stream],
      rules: null,
      budget: null,
    },
    clusterIs: text,
  });
  scene.happens({ is: 'campaigns', campaigns: [{ code: text, name: text, sample: text, ...figures }], are: text });
}
