import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NatsAccess } from '../../src/lib/nats/access.ts';
import { endChild, startChild, type Child } from '../machine/children.ts';
import { freePort, untilListening } from '../machine/port.ts';

/** Debian's nats-server, one or several that keep copies for each other. */
export class Nats {
  readonly servers: readonly Child[];
  readonly access: NatsAccess;

  static async start(folder: string, count: 1 | 3): Promise<Nats> {
    const ports: number[] = [];
    for (let at = 0; at < 2 * count; at++) ports.push(await freePort());
    const routes = ports.slice(count);
    const servers = ports.slice(0, count).map((port, index) => {
      const store = join(folder, `n${index}`);
      mkdirSync(store);
      const listed = routes.map((route) => `nats://127.0.0.1:${route}`).join(', ');
      const lines = [
        `server_name: n${index}`,
        `listen: "127.0.0.1:${port}"`,
        `jetstream { store_dir: "${store}", max_file_store: 8GB, max_memory_store: 64MB }`,
        ...(count > 1 ? [`cluster { name: bench, listen: "127.0.0.1:${routes[index]}", routes: [${listed}] }`] : []),
      ];
      writeFileSync(`${store}.conf`, `${lines.join('\n')}\n`);
      const log = openSync(`${store}.log`, 'a');
      return startChild('nats-server', ['-c', `${store}.conf`], { stdio: ['ignore', log, log] });
    });
    for (const [index, server] of servers.entries()) await untilListening(ports[index]!, server);
    const places = ports.slice(0, count).map((port) => `127.0.0.1:${port}`);
    return new Nats(servers, places);
  }

  private constructor(servers: readonly Child[], places: readonly string[]) {
    this.servers = servers;
    this.access = { servers: places, login: { as: 'nobody' }, tls: undefined, connectMs: 5_000, name: 'bench' };
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => endChild(server)));
  }
}
