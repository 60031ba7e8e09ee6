import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** What happens to what the server sends. */
export type Hazard =
  | { readonly kind: 'none' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** In pieces of so many bytes. */
  | { readonly kind: 'slices'; readonly bytes: number }
  /** Both sides stay connected, and nothing passes any more. */
  | { readonly kind: 'silence' }
  /** After so many bytes of each connection. */
  | { readonly kind: 'cut'; readonly after: number; readonly how: 'fin' | 'rst' }
  /** So many bytes after these have passed. */
  | { readonly kind: 'cut at'; readonly text: string; readonly after: number; readonly how: 'fin' | 'rst' }
  | { readonly kind: 'refuse' };

/** A TCP proxy before a server, with the hazards of a long way between. */
export class HazardProxy {
  readonly port: number;
  hazard: Hazard = { kind: 'none' };
  /** Connections so far. */
  connections = 0;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();

  static async before(target: number): Promise<HazardProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new HazardProxy((server.address() as AddressInfo).port, target);
    server.on('connection', (client) => proxy.#join(client));
    onTestFinished(() => {
      server.close();
      proxy.cutAll();
    });
    return proxy;
  }

  private constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  /** Ends every connection that there is, without a goodbye. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #join(client: Socket): void {
    this.connections++;
    if (this.hazard.kind === 'refuse') return void client.resetAndDestroy();
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      // What an error was does not matter: 'close' follows it, and the other side is closed too.
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('close', () => server.destroy());
    server.on('close', () => {
      if (this.hazard.kind !== 'silence') client.destroy();
    });
    void this.#pass(client, server, 'to server');
    void this.#pass(server, client, 'to client');
  }

  async #pass(from: Socket, to: Socket, way: 'to server' | 'to client'): Promise<void> {
    let passed = 0;
    let tail = '';
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        const { hazard } = this;
        if (hazard.kind === 'silence') continue;
        if (hazard.kind === 'delay') await setTimeout(hazard.ms);
        const most = way === 'to client' ? this.#room(hazard, passed, tail, bytes) : bytes.length;
        for (const piece of pieces(bytes.subarray(0, most), hazard)) {
          if (!to.write(piece)) await once(to, 'drain');
        }
        passed += most;
        tail = (tail + bytes.toString('latin1')).slice(-256);
        if (most < bytes.length && 'how' in hazard) return end(to, from, hazard.how);
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  /** How many of these bytes may pass before the connection is cut. */
  #room(hazard: Hazard, passed: number, tail: string, bytes: Buffer): number {
    if (hazard.kind === 'cut') return Math.max(0, Math.min(bytes.length, hazard.after - passed));
    if (hazard.kind !== 'cut at') return bytes.length;
    const at = (tail + bytes.toString('latin1')).indexOf(hazard.text);
    if (at === -1) return bytes.length;
    return Math.max(0, Math.min(bytes.length, at + hazard.text.length + hazard.after - tail.length));
  }
}

function* pieces(bytes: Buffer, hazard: Hazard): Generator<Buffer> {
  const step = hazard.kind === 'slices' ? hazard.bytes : bytes.length || 1;
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

function end(client: Socket, server: Socket, how: 'fin' | 'rst'): void {
  if (how === 'rst') client.resetAndDestroy();
  else client.end();
  server.destroy();
}
