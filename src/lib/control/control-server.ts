import { chmodSync, linkSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Attendant, type Operations } from './attendant.ts';
import { EventFeed } from './event-feed.ts';
import { controlPath, reachable } from './socket-place.ts';
import { controlVersion, type Greeting } from './wire.ts';

export interface ControlSettings {
  readonly dataDir: string;
  readonly greeting: Omit<Greeting, 'control' | 'dataDir'>;
  readonly operations: Operations;
  readonly feed: EventFeed;
  /** Told why a client was sent away. */
  readonly dropped: (detail: string) => void;
}

/** So many may watch and steer at a time. */
const mostClients = 32;

/** Offers a sensor to those who may use its data directory, on a Unix socket in there. */
export class ControlServer {
  readonly #settings: ControlSettings;
  readonly #server: Server;
  readonly #attendants = new Set<Attendant>();

  static async open(settings: ControlSettings): Promise<ControlServer> {
    const server = new ControlServer(settings);
    await server.#listen();
    return server;
  }

  private constructor(settings: ControlSettings) {
    this.#settings = settings;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#attend(socket));
  }

  /** Lets answers that are on their way be finished. */
  close(): void {
    this.#server.close();
    for (const attendant of this.#attendants) attendant.end();
    rmSync(controlPath(this.#settings.dataDir), { force: true });
  }

  // Bound in a folder that nobody else may enter, and moved to its place when its mode is right: at no moment may
  // another user connect, and what an earlier sensor has left there is replaced.
  async #listen(): Promise<void> {
    const { dataDir } = this.#settings;
    const folder = mkdtempSync(join(dataDir, '.control-'));
    const path = join(folder, 's');
    const { path: name, done } = reachable(path);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject).listen(name, resolve);
      });
      chmodSync(path, 0o600);
      rmSync(controlPath(dataDir), { force: true });
      linkSync(path, controlPath(dataDir));
    } finally {
      done();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #attend(socket: Socket): void {
    const { greeting, dataDir, operations, feed, dropped } = this.#settings;
    if (this.#attendants.size >= mostClients) {
      dropped(`${mostClients} are connected already`);
      return void socket.on('error', () => undefined).destroy();
    }
    const attendant = new Attendant(socket, {
      greeting: { control: controlVersion, ...greeting, dataDir },
      operations,
      feed,
      dropped,
      gone: () => this.#attendants.delete(attendant),
    });
    this.#attendants.add(attendant);
  }
}
