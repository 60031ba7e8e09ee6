import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Page {
  readonly status: number;
  readonly text: string;
}

/** What is on a path. */
export type PageOf = (path: string) => Page | Promise<Page>;

const mostConnections = 50;
const patienceMs = 5_000;

/** Serves short texts to machines: numbers to Prometheus, and whether we live to whoever asks. */
export async function servePages(at: { address: string; port: number }, pageOf: PageOf): Promise<PageServer> {
  const server = createServer({ requestTimeout: patienceMs, headersTimeout: patienceMs, keepAliveTimeout: patienceMs });
  server.maxConnections = mostConnections;
  server.on('request', ({ url, method }, response) => {
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    answer(response, pageOf, url?.split('?')[0] ?? '').catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(at.port, at.address, resolve);
  await promise;
  return new PageServer(server);
}

async function answer(response: ServerResponse, pageOf: PageOf, path: string): Promise<void> {
  const { status, text } = await pageOf(path);
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
}

export class PageServer {
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
