import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const mostConnections = 50;
const patienceMs = 5_000;

/** Serves numbers to Prometheus, and to whoever asks whether we live. */
export async function serveStatus(at: { address: string; port: number }, metrics: () => string): Promise<StatusServer> {
  const server = createServer({ requestTimeout: patienceMs, headersTimeout: patienceMs, keepAliveTimeout: patienceMs });
  server.maxConnections = mostConnections;
  server.on('request', ({ url, method }, response) => {
    const path = url?.split('?')[0];
    const answer = path === '/healthz' ? 'ok\n' : path === '/metrics' ? metrics() : undefined;
    if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
    else if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(answer);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(at.port, at.address, resolve);
  await promise;
  return new StatusServer(server);
}

export class StatusServer {
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
