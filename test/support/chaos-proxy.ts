import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { BytePattern } from './byte-pattern.ts';
import type { Owner } from './owner.ts';

/** FIN is an end in order, RST is one without a goodbye. */
export type HowCut = 'fin' | 'rst';

type Mode =
  | { readonly kind: 'pass' | 'blackhole' | 'halfOpen' | 'refuse' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'slices'; readonly bytes: number }
  | { readonly kind: 'cutAfter'; readonly bytes: number; readonly how: HowCut }
  | { readonly kind: 'cutWhen'; readonly pattern: Buffer; readonly afterBytes: number; readonly how: HowCut };

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** The mode when it began. */
  readonly began: Mode;
  fromServer: number;
  search: { readonly mode: Mode; readonly pattern: BytePattern } | undefined;
  /** How much may pass still, once the pattern has. */
  rest: number | undefined;
  isCut: boolean;
}

/** As many pieces wait for their time as a long line holds; more would be an endless buffer. */
const mostWaiting = 64;

/** A TCP proxy on a way that goes wrong. One mode at a time; it can change while connections are open. */
export class ChaosProxy {
  readonly port: number;
  /** How many connections there have been, those refused among them. */
  connections = 0;
  /** How many of them it has cut. */
  cuts = 0;
  readonly #target: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #watchers = new Set<() => void>();
  #mode: Mode = { kind: 'pass' };

  /** Before a server on this loopback port. */
  static async start(target: number, own: Owner): Promise<ChaosProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new ChaosProxy(server, target);
    own(() => proxy.close());
    return proxy;
  }

  private constructor(server: Server, target: number) {
    this.port = (server.address() as AddressInfo).port;
    this.#target = target;
    this.#server = server;
    server.on('connection', (client) => this.#join(client));
  }

  /** Connections that a client has open now. */
  get open(): number {
    return [...this.#links].filter(({ client }) => !client.destroyed).length;
  }

  pass(): void {
    this.#change({ kind: 'pass' });
  }

  /** Everything takes so long, each way; as much passes as before. */
  latency(ms: number): void {
    this.#change({ kind: 'latency', ms });
  }

  /** What the server sends comes in pieces of so many bytes. */
  slices(bytes: number): void {
    this.#change({ kind: 'slices', bytes });
  }

  /** A dead peer: connections open and stay open, and nothing passes. What waits passes once another mode begins. */
  blackhole(): void {
    this.#change({ kind: 'blackhole' });
  }

  /** Each new connection ends when the server has sent so many bytes. Those that are open stay. */
  cutAfter(bytes: number, how: HowCut): void {
    this.#change({ kind: 'cutAfter', bytes, how });
  }

  /** A connection, open or new, ends so many bytes after the server has sent this, from now on. */
  cutWhen(pattern: Buffer | string, afterBytes: number, how: HowCut): void {
    const bytes = typeof pattern === 'string' ? Buffer.from(pattern, 'latin1') : pattern;
    this.#change({ kind: 'cutWhen', pattern: bytes, afterBytes, how });
  }

  /** New connections are closed at once; those that are open stay. */
  refuse(): void {
    this.#change({ kind: 'refuse' });
  }

  /** The server loses every connection, open or new, and the client is not told. */
  halfOpen(): void {
    this.#change({ kind: 'halfOpen' });
    for (const link of this.#links) dropServer(link);
  }

  /** Cuts every connection that is open now. */
  cutAll(how: HowCut): void {
    for (const link of this.#links) void this.#cut(link, how);
  }

  /** Resolves when this holds; it is looked at whenever a connection begins, ends or is cut. */
  async until(holds: (proxy: ChaosProxy) => boolean): Promise<void> {
    if (holds(this)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => holds(this) && resolve();
    this.#watchers.add(look);
    await promise;
    this.#watchers.delete(look);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { client, server } of this.#links) {
      client.destroy();
      server.destroy();
    }
    await closed;
  }

  #change(mode: Mode): void {
    this.#mode = mode;
    this.#look();
  }

  #look(): void {
    for (const look of this.#watchers) look();
  }

  #join(client: Socket): void {
    this.connections++;
    client.on('error', () => undefined);
    if (this.#mode.kind === 'refuse') {
      client.destroy();
      return this.#look();
    }
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const link: Link = {
      client,
      server,
      began: this.#mode,
      fromServer: 0,
      search: undefined,
      rest: undefined,
      isCut: false,
    };
    this.#links.add(link);
    // What an error was does not matter: 'close' follows it.
    server.on('error', () => undefined);
    client.on('close', () => void this.#afterBlackhole().then(() => server.destroy()));
    server.on('close', () => void this.#serverClosed(link));
    for (const socket of [client, server]) {
      socket.on('close', () => {
        if (client.destroyed && server.destroyed) this.#links.delete(link);
        this.#look();
      });
    }
    void this.#pump(link, client, server);
    void this.#pump(link, server, client);
    if (this.#mode.kind === 'halfOpen') server.once('connect', () => dropServer(link));
    this.#look();
  }

  async #serverClosed(link: Link): Promise<void> {
    await this.#afterBlackhole();
    if (link.isCut) return;
    // What it sent before is on its way still.
    link.client.destroySoon();
  }

  /** A peer that is dead does not say that it closes. */
  async #afterBlackhole(): Promise<void> {
    await this.until(() => this.#mode.kind !== 'blackhole');
  }

  async #pump(link: Link, from: Socket, to: Socket): Promise<void> {
    let waiting = 0;
    let sent = Promise.resolve();
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        const due = performance.now() + (this.#mode.kind === 'latency' ? this.#mode.ms : 0);
        waiting++;
        sent = sent.then(async () => {
          const early = due - performance.now();
          if (early > 0) await setTimeout(early);
          await this.#afterBlackhole();
          await (from === link.server ? this.#toClient(link, bytes) : this.#toServer(link, bytes));
          waiting--;
        });
        // Until it is awaited, which an error in between does not wait for.
        sent.catch(() => undefined);
        if (waiting >= mostWaiting || this.#mode.kind === 'blackhole') await sent;
      }
      await sent;
      await this.#afterBlackhole();
      if (!link.isCut) to.end();
    } catch {
      if (!link.isCut) to.destroy();
    }
  }

  async #toServer({ server, isCut }: Link, bytes: Buffer): Promise<void> {
    // Nobody is there to take it, and the client must not notice.
    if (isCut) return;
    await write(server, bytes);
  }

  async #toClient(link: Link, bytes: Buffer): Promise<void> {
    if (link.isCut) return;
    const [most, how] = this.#room(link, bytes);
    const piece = this.#mode.kind === 'slices' ? this.#mode.bytes : most || 1;
    for (let at = 0; at < most; at += piece) {
      await write(link.client, bytes.subarray(at, Math.min(at + piece, most)));
      // Otherwise the next piece would be read together with this one.
      if (at + piece < most) await setImmediate();
    }
    link.fromServer += most;
    if (how) await this.#cut(link, how);
  }

  /** How many of these bytes may pass, and how the connection ends then, if it does. */
  #room(link: Link, bytes: Buffer): [number, HowCut | undefined] {
    const mode = this.#mode;
    if (mode.kind === 'cutAfter' && link.began === mode) {
      const most = mode.bytes - link.fromServer;
      return bytes.length < most ? [bytes.length, undefined] : [most, mode.how];
    }
    if (mode.kind !== 'cutWhen') return [bytes.length, undefined];
    if (link.search?.mode !== mode) {
      link.search = { mode, pattern: new BytePattern(mode.pattern) };
      link.rest = undefined;
    }
    let passed = 0;
    if (link.rest === undefined) {
      const end = link.search.pattern.endIn(bytes);
      if (end === undefined) return [bytes.length, undefined];
      passed = end;
      link.rest = mode.afterBytes;
    }
    const most = passed + link.rest;
    if (bytes.length < most) {
      link.rest = most - bytes.length;
      return [bytes.length, undefined];
    }
    return [most, mode.how];
  }

  async #cut(link: Link, how: HowCut): Promise<void> {
    if (link.isCut) return;
    link.isCut = true;
    this.cuts++;
    link.server.destroy();
    if (how === 'rst') link.client.resetAndDestroy();
    else link.client.end();
    this.#look();
  }
}

function dropServer(link: Link): void {
  link.isCut = true;
  link.server.destroy();
}

async function write(to: Socket, bytes: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  to.write(bytes, (error) => (error ? reject(error) : resolve()));
  await promise;
}
