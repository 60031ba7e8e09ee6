import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where servers listen that shall see their clients come from another address than their own. */
export const otherLoopback = '127.0.0.2';

/**
 * Lets clients of 127.0.0.1 reach the same port of another loopback address. Dovecot takes a connection from its own
 * address for as safe as TLS, whatever it is told, and would refuse nobody's password.
 */
export class AddressChange {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async open(port: number): Promise<AddressChange> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new AddressChange(server, port);
  }

  private constructor(server: Server, port: number) {
    this.#server = server;
    server.on('connection', (client) => {
      const there = connect({
        port,
        host: otherLoopback,
        localAddress: '127.0.0.1',
        allowHalfOpen: true,
        noDelay: true,
      });
      for (const [one, other] of [
        [client, there],
        [there, client],
      ] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        // What an error was does not matter: 'close' follows it, and the other side is closed too.
        one
          .on('error', () => undefined)
          .on('close', () => {
            this.#sockets.delete(one);
            other.destroySoon();
          });
      }
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
