import type { TimedEvent } from '../../src/lib/events/event.ts';
import { newConsole, type ConsoleState, type Tie } from '../../src/lib/monitor/console-state.ts';
import type { Effect } from '../../src/lib/monitor/effect.ts';
import { widthOf, type Line } from '../../src/lib/monitor/line.ts';
import type { Press } from '../../src/lib/monitor/press.ts';
import { bodyRows, screen } from '../../src/lib/monitor/screen.ts';
import type { SensorView } from '../../src/lib/monitor/sensor-view.ts';
import type { Size } from '../../src/lib/monitor/size.ts';
import { update, type Happening } from '../../src/lib/monitor/update.ts';

type Named = Exclude<Press['key'], 'text'>;

export const usual: Size = { columns: 80, rows: 24 };

/** A console as its user has it: keys go in, a screen and wishes come out. */
export class Scene {
  state: ConsoleState;
  effects: Effect[] = [];
  size: Size;

  constructor(tie: Tie = 'attached', size: Size = usual) {
    this.state = newConsole(tie);
    this.size = size;
  }

  happens(happening: Happening): this {
    const { state, effects } = update(this.state, happening);
    this.state = state;
    this.effects = [...effects];
    return this;
  }

  told(...events: readonly TimedEvent[]): this {
    return this.happens({ is: 'events', events });
  }

  /** Names of keys in angle brackets, everything else as it is typed. */
  types(keys: string): this {
    for (const [, name, text] of keys.matchAll(/<(\w+)>|([\s\S])/g)) {
      const press: Press = name === undefined ? { key: 'text', text: text! } : { key: name as Named };
      this.happens({ is: 'pressed', press, rows: bodyRows(this.size) });
    }
    return this;
  }

  get lines(): readonly Line[] {
    return screen(this.state, this.size);
  }

  get text(): string {
    return this.lines.map(textOf).join('\n');
  }

  /** The line on which the cursor is. */
  get chosen(): string | undefined {
    return this.lines
      .slice(1)
      .filter((line) => line.some(({ tone }) => tone === 'chosen'))
      .map(textOf)[0];
  }
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

export function widest(lines: readonly Line[]): number {
  return Math.max(...lines.map(widthOf));
}

export function sensorView(given: Partial<SensorView> = {}): SensorView {
  return {
    command: 'serve',
    version: '1.2.3',
    pid: 4242,
    dataDir: '/var/lib/spamtrap',
    configuration: null,
    startedAt: '2026-11-27T10:00:00.000Z',
    now: '2026-11-27T10:02:05.000Z',
    ready: true,
    stopping: null,
    refusing: null,
    intakes: {
      relay: {
        messages: 1_000,
        bytes: 5_000_000,
        refused: 0,
        sessions: 300,
        open: 2,
        rejected: 0,
        logins: 40,
        bySecond: Array.from({ length: 60 }, (_, index) => index % 7),
        byMinute: Array.from({ length: 60 }, (_, index) => index),
        byHour: Array.from({ length: 24 }, (_, index) => index * 10),
      },
    },
    probes: { held: 1, relayed: 0, refused: 0 },
    rules: { 'relay-test': { hits: 3, kind: 'probe', lastAt: '2026-11-27T10:01:00.000Z' } },
    listening: [],
    alerts: [],
    events: 10,
    outputs: [
      {
        output: 'maildir',
        paused: false,
        lastId: null,
        behindBytes: 0,
        oldest: null,
        quarantined: 0,
        delivered: 1_000,
        lastMinute: 12,
        failingSince: null,
        lastError: null,
      },
    ],
    journal: { bytes: 8_192 },
    disk: { free: 50 * 2 ** 30, total: 100 * 2 ** 30 },
    memory: { resident: 130 * 2 ** 20 },
    cpu: 3,
    ...given,
  };
}
