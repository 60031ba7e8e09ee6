import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { Address } from '../../capture/capture.ts';
import { PeerQuota } from '../../net/peer-quota.ts';
import type { Refusal } from './conversation.ts';
import { Exchange } from './exchange.ts';
import { exposition } from './exposition.ts';
import type { BrokerLimits, WhenSlow } from './limits.ts';
import { BrokerMetrics } from './metrics.ts';
import type { Notify } from './notice.ts';
import { Peer, type Shared } from './peer.ts';
import type { User, Users } from './user.ts';

export interface BrokerSettings {
  readonly name: string;
  readonly users: Users;
  readonly limits: BrokerLimits;
  readonly whenSlow: WhenSlow;
  readonly notify: Notify;
}

const backlog = 1024;
const aliveAfterMs = 10_000;
const nonceBytes = 16;

/** An hpfeeds broker. */
export class Broker implements Shared {
  readonly name: string;
  readonly users: Users;
  readonly limits: BrokerLimits;
  readonly whenSlow: WhenSlow;
  readonly notify: Notify;
  readonly exchange = new Exchange<Peer>();
  readonly metrics = new BrokerMetrics();
  readonly #quota: PeerQuota;
  readonly #servers: Server[] = [];
  readonly #peers = new Set<Peer>();
  #emptied: () => void = () => undefined;

  constructor({ name, users, limits, whenSlow, notify }: BrokerSettings) {
    this.name = name;
    this.users = users;
    this.limits = limits;
    this.whenSlow = whenSlow;
    this.notify = notify;
    this.#quota = new PeerQuota({ perAddress: limits.perAddress, perNetwork: limits.connections });
  }

  /**
   * Resolves with the address that was taken; port 0 takes any free one. With a certificate TLS is spoken there from
   * the first byte, and nothing else.
   */
  async listen({ address, port }: Address, secureContext?: () => SecureContext): Promise<Address> {
    // A client that has nothing more to say may still want to hear.
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: aliveAfterMs };
    const server = createServer(options, (socket) => this.#meet(socket, secureContext));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen({ host: address, port, backlog, ipv6Only: true }, resolve);
    await promise;
    server.off('error', reject);
    this.#servers.push(server);
    const bound = server.address() as AddressInfo;
    const at = { address: bound.address, port: bound.port };
    this.notify({ kind: 'listening', at, tls: secureContext ? 'implicit' : 'none' });
    return at;
  }

  /** The users are others than before. */
  usersChanged(): void {
    for (const peer of this.#peers) peer.usersChanged();
  }

  /** What is counted, for Prometheus. */
  expose(): string {
    for (const of of [this.metrics.strangers, ...this.metrics.idents.values()]) of.sendBuffer = of.receiveBuffer = 0;
    for (const { ident, backlog, held } of this.#peers) {
      const of = ident === undefined ? this.metrics.strangers : this.metrics.ident(ident);
      of.sendBuffer += backlog;
      of.receiveBuffer += held;
    }
    return exposition(this.metrics);
  }

  /** Takes nobody new, and ends when everybody has what waits for them, or somebody is in a hurry. */
  async close(hurry: AbortSignal): Promise<void> {
    for (const server of this.#servers) server.close();
    const empty = Promise.withResolvers<void>();
    this.#emptied = empty.resolve;
    const endNow = () => {
      for (const peer of this.#peers) peer.destroy();
    };
    hurry.addEventListener('abort', endNow, { once: true });
    for (const peer of this.#peers) peer.finish();
    if (hurry.aborted) endNow();
    if (this.#peers.size > 0) await empty.promise;
    hurry.removeEventListener('abort', endNow);
  }

  newNonce(): Buffer {
    return randomBytes(nonceBytes);
  }

  admit({ ident }: User): Refusal | undefined {
    const connected = this.metrics.idents.get(ident)?.connected ?? 0;
    if (connected < this.limits.perIdentity) return undefined;
    return { category: 'too-many-connections', text: `Too many connections for ${ident}` };
  }

  isCrowded(): boolean {
    let sum = 0;
    for (const peer of this.#peers) sum += peer.backlog;
    return sum > this.limits.backlogs;
  }

  gone(peer: Peer): void {
    this.#peers.delete(peer);
    this.metrics.connections = this.#peers.size;
    if (this.#peers.size === 0) this.#emptied();
  }

  #meet(socket: Socket, secureContext: (() => SecureContext) | undefined): void {
    // Without a listener an error would end the process, and this one may go away in any moment.
    socket.on('error', () => undefined);
    const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    if (this.#peers.size >= this.limits.connections) return this.#turnAway(socket, peer, 'connections');
    const admission = this.#quota.admit(peer.address);
    if (!admission.admitted) return this.#turnAway(socket, peer, 'perAddress');
    socket.once('close', () => admission.release());
    const secured = secureContext && new TLSSocket(socket, { isServer: true, secureContext: secureContext() });
    this.#peers.add(new Peer(secured ?? socket, this));
    this.metrics.made++;
    this.metrics.connections = this.#peers.size;
  }

  #turnAway(socket: Socket, peer: Address, limit: 'connections' | 'perAddress'): void {
    socket.destroy();
    this.notify({ kind: 'capped', peer, limit });
  }
}
