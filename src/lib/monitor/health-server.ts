import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthSources {
  /** Whether everything is up, and why not. */
  readonly state: () => Promise<Readiness>;
  readonly metrics: () => Promise<string>;
}

export interface Readiness {
  readonly ready: boolean;
  readonly stopping: string | null;
  readonly refusing: string | null;
}

const mostConnections = 50;
const patienceMs = 5_000;

/** /livez: we run. /readyz: mail is taken. /metrics: figures for Prometheus. */
export async function openHealth(at: { address: string; port: number }, sources: HealthSources): Promise<HealthServer> {
  const server = createServer({ requestTimeout: patienceMs, headersTimeout: patienceMs, keepAliveTimeout: patienceMs });
  server.maxConnections = mostConnections;
  server.on('request', ({ url, method }, response) => {
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    answer(url?.split('?')[0] ?? '', response, sources).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(at.port, at.address, resolve);
  await promise;
  return new HealthServer(server);
}

export class HealthServer {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(path: string, response: ServerResponse, { state, metrics }: HealthSources): Promise<void> {
  switch (path) {
    case '/livez':
      return say(response, 200, 'ok\n');
    case '/readyz': {
      const why = whyNot(await state());
      return why === undefined ? say(response, 200, 'ok\n') : say(response, 503, `${why}\n`);
    }
    case '/metrics':
      return say(response, 200, await metrics());
    default:
      return say(response, 404, 'There are /livez, /readyz and /metrics.\n');
  }
}

function whyNot({ ready, stopping, refusing }: Readiness): string | undefined {
  if (stopping !== null) return `stopping: ${stopping}`;
  if (!ready) return 'starting';
  return refusing === null ? undefined : `no mail is taken: ${refusing}`;
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
}
