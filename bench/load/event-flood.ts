import { ControlServer } from '../../src/lib/control/control-server.ts';
import { EventFeed } from '../../src/lib/control/event-feed.ts';
import type { Event } from '../../src/lib/events/event.ts';
import { EventHub } from '../../src/lib/events/hub.ts';
import { Figures } from '../../src/lib/monitor/figures.ts';

const tick = 20;

/** What looks to a console like a sensor under attack: sessions and messages, evenly, so many events in a second. */
export class EventFlood {
  readonly dataDir: string;
  readonly #server: ControlServer;
  readonly #hub: EventHub;
  #timer: NodeJS.Timeout | undefined;
  #number = 0;
  #dropped = '';

  static async open(dataDir: string): Promise<EventFlood> {
    const hub = new EventHub(Date.now);
    const figures = new Figures(Date.now);
    hub.listen(figures.hear);
    let flood: EventFlood | undefined;
    const server = await ControlServer.open({
      dataDir,
      greeting: { command: 'serve', version: '0.0.0', pid: process.pid },
      operations: { state: () => ({ ...figures.at(), ...unchanging, dataDir }) },
      feed: new EventFeed(hub),
      dropped: (detail) => flood?.drop(detail),
    });
    flood = new EventFlood(dataDir, server, hub);
    return flood;
  }

  private constructor(dataDir: string, server: ControlServer, hub: EventHub) {
    this.dataDir = dataDir;
    this.#server = server;
    this.#hub = hub;
  }

  begin(perSecond: number): void {
    const startedAt = performance.now();
    let told = 0;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      for (; told < due; told++) this.#hub.emit(this.#next());
    }, tick);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  drop(detail: string): void {
    this.#dropped = detail;
  }

  /** Throws when the console was too slow and was sent away. */
  close(): void {
    this.end();
    this.#server.close();
    if (this.#dropped) throw new Error(`the console was sent away: ${this.#dropped}`);
  }

  #next(): Event {
    const number = this.#number++;
    const session = `01M8EDQ481ZK8H0PN${String(Math.floor(number / 3)).padStart(9, '0')}`;
    const common = { intake: 'relay', session, peer: `127.0.${(number >> 8) & 255}.${number & 255}` } as const;
    switch (number % 3) {
      case 0:
        return { event: 'session.opened', ...common, peerPort: 40_000 };
      case 1:
        return {
          event: 'capture.accepted',
          ...common,
          id: `01M8EDQ486CGY70AX${String(number).padStart(9, '0')}`,
          from: `spammer${number}@bad.example`,
          to: 'victim@good.example',
          recipients: 1,
          size: 4_096,
          sha256: 'a'.repeat(64),
          subject: `Cheap offer number ${number} — 限时优惠`,
        };
      default:
        return { event: 'session.closed', ...common, endedBy: 'quit', messages: 1, commands: 5, errors: 0, helo: 'x' };
    }
  }
}

const unchanging = {
  command: 'serve',
  version: '0.0.0',
  pid: 0,
  configuration: null,
  outputs: [],
  journal: { bytes: 0 },
  disk: { free: 1, total: 1 },
  memory: { resident: 0 },
  cpu: 0,
};
