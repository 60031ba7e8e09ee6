import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../capture/capture.ts';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import { fill } from '../smtp/persona.ts';
import { RelayConnection } from './relay-connection.ts';
import type { RelaySettings } from './relay-settings.ts';

const backlog = 4096;

/** The fake open relay: takes every message for everybody and sends none. */
export class Relay {
  readonly #settings: RelaySettings;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<RelayConnection>();
  #drained: (() => void) | undefined;

  constructor(settings: RelaySettings) {
    this.#settings = settings;
  }

  async listen(address: string, port: number): Promise<Address> {
    const server = createServer({ noDelay: true }, (socket) => this.#welcome(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(cannotListen(address, port, error)));
      server.listen({ host: address, port, backlog }, resolve);
    });
    this.#servers.push(server);
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('a TCP listener without a port');
    this.#settings.emit({ event: 'listening', intake: 'relay', address: bound.address, port: bound.port });
    return { address: bound.address, port: bound.port };
  }

  /** Takes no new session, lets messages under way be finished, and ends everything when the signal says so. */
  async close(hurry: AbortSignal): Promise<void> {
    for (const server of this.#servers) server.close();
    const drained = new Promise<void>((resolve) => (this.#drained = resolve));
    for (const connection of this.#connections) connection.endWhenIdle();
    const endAll = () => {
      for (const connection of this.#connections) connection.endNow();
    };
    if (hurry.aborted) endAll();
    else hurry.addEventListener('abort', endAll, { once: true });
    if (this.#connections.size > 0) await drained;
    hurry.removeEventListener('abort', endAll);
  }

  #welcome(socket: Socket): void {
    const { limits, persona, host, emit } = this.#settings;
    // A peer may be gone before it is looked at.
    const peer = socket.remoteAddress;
    if (peer === undefined) return void socket.destroy();
    if (this.#connections.size >= limits.connections) {
      socket.on('error', () => undefined);
      socket.end(`${fill(persona.replies.tooManyConnections, { host, peer })}\r\n`);
      socket.destroySoon();
      emit({ event: 'session.rejected', intake: 'relay', peer, limit: 'relay.limits.connections' });
      return;
    }
    const connection = new RelayConnection(socket, this.#settings, () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#drained?.();
    });
    this.#connections.add(connection);
  }
}

function cannotListen(address: string, port: number, error: Error): Fault {
  const fixes: Record<string, string> = {
    EADDRINUSE: 'Another program has this port. Stop it, or choose another port with --port (0 takes any free one).',
    EACCES: 'Ports below 1024 need a privilege. Take a higher port and redirect to it, or grant CAP_NET_BIND_SERVICE.',
    EADDRNOTAVAIL: 'No interface of this machine has this address; see "ip address".',
  };
  return new Fault(`The relay cannot listen on ${address} port ${port}: ${reason(error)}.`, {
    code: 'relay.listen',
    fix: fixes[errno(error) ?? ''] ?? 'Check --bind and --port.',
    exit: exitCodes.failed,
    cause: error,
  });
}
