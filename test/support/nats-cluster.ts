import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { vi } from 'vitest';
import type { NatsAccess } from '../../src/lib/nats/access.ts';
import { NatsLink } from '../../src/lib/nats/link.ts';
import { freePorts, RealProcess, serverFolder } from './real-server.ts';

export interface ClusterOptions {
  /** How many servers. */
  readonly count?: number;
  /** Further lines of configuration of each. */
  readonly more?: string;
  /** How tests come in, where somebody has to say who he is. */
  readonly login?: NodeConnectionOptions;
  /** How the servers are called, where a certificate says it. */
  readonly host?: string;
}

/** No server tells anybody when its cluster is well again. */
const patience = { timeout: 60_000, interval: 100 };

interface Server {
  readonly name: string;
  readonly port: number;
  readonly file: string;
  process: RealProcess | undefined;
}

interface Reached {
  readonly login: NodeConnectionOptions;
  readonly host: string;
}

/** Debian's nats-server, one or several of them, on loopback: each can be killed and started again. */
export class NatsCluster {
  readonly folder: string;
  readonly servers: readonly Server[];
  readonly #reached: Reached;
  readonly #connections: NatsConnection[] = [];

  static async start({
    count = 1,
    more = '',
    login = {},
    host = '127.0.0.1',
  }: ClusterOptions = {}): Promise<NatsCluster> {
    const folder = serverFolder();
    const ports = await freePorts(2 * count);
    const routes = ports.slice(count);
    const servers = ports.slice(0, count).map((port, index): Server => {
      const name = `n${index + 1}`;
      const file = join(folder, `${name}.conf`);
      mkdirSync(join(folder, name));
      writeFileSync(file, configuration({ name, port, folder, more, routes, index }));
      return { name, port, file, process: undefined };
    });
    const cluster = new NatsCluster(folder, servers, { login, host });
    for (const { name } of servers) cluster.begin(name);
    await cluster.isReady();
    await cluster.isWhole();
    return cluster;
  }

  private constructor(folder: string, servers: readonly Server[], reached: Reached) {
    this.#reached = reached;
    this.folder = folder;
    this.servers = servers;
  }

  get places(): string[] {
    return this.servers.map(({ port }) => `${this.#reached.host}:${port}`);
  }

  access(more: Partial<NatsAccess> = {}): NatsAccess {
    return { servers: this.places, login: { as: 'nobody' }, tls: undefined, connectMs: 5_000, name: 'test', ...more };
  }

  begin(name: string): void {
    const server = this.#server(name);
    server.process = new RealProcess('nats-server', ['-c', server.file]);
  }

  /** Ends it as a loss of power would. */
  async kill(name: string): Promise<void> {
    const { process } = this.#server(name);
    process?.kill();
    await process?.stop();
  }

  /** Resolves when JetStream answers. */
  async isReady(): Promise<void> {
    for (const { port, process } of this.servers) if (process && !process.hasEnded) await process.listens(port);
    // In a cluster nobody answers this before there is a leader.
    await vi.waitFor(async () => (await this.manager()).getAccountInfo(), patience);
  }

  /** Resolves when all servers have their place in it: before that there is no room for copies. */
  async isWhole(): Promise<void> {
    const manager = await this.manager();
    await vi.waitFor(async () => {
      await manager.streams.add({ name: 'whole', subjects: ['whole'], num_replicas: this.servers.length });
      await manager.streams.delete('whole');
    }, patience);
  }

  /** Resolves when all who have a copy of the stream have all of it. */
  async hasCaughtUp(stream: string): Promise<void> {
    const manager = await this.manager();
    await vi.waitFor(async () => {
      const { cluster } = await manager.streams.info(stream);
      const behind = cluster?.replicas?.filter(({ current, offline }) => !current || offline);
      if (behind?.length !== 0) throw new Error(`Not all have all of ${stream}: ${JSON.stringify(behind)}`);
    }, patience);
  }

  async manager(): Promise<JetStreamManager> {
    const connection = await connect({ servers: this.places, timeout: 2_000, ...this.#reached.login });
    this.#connections.push(connection);
    return jetstreamManager(connection, { timeout: 5_000, checkAPI: false });
  }

  link(): Promise<NatsLink> {
    return NatsLink.open(this.access(), new AbortController().signal);
  }

  /** The name of the server that leads a stream. */
  async leaderOf(stream: string): Promise<string | undefined> {
    return (await (await this.manager()).streams.info(stream)).cluster?.leader;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await Promise.all(this.servers.map(async ({ process }) => process?.stop()));
  }

  #server(name: string): Server {
    return this.servers.find((server) => server.name === name)!;
  }
}

function configuration(at: {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly more: string;
  readonly routes: readonly number[];
  readonly index: number;
}): string {
  const { name, port, folder, more, routes, index } = at;
  const others = routes.map((route) => `nats://127.0.0.1:${route}`).join(', ');
  const cluster = `cluster { name: test, listen: "127.0.0.1:${routes[index]}", routes: [${others}] }`;
  return [
    `server_name: ${name}`,
    `listen: "127.0.0.1:${port}"`,
    `jetstream { store_dir: "${join(folder, name)}", max_file_store: 8GB, max_memory_store: 64MB }`,
    ...(routes.length > 1 ? [cluster] : []),
    more,
    '',
  ].join('\n');
}
