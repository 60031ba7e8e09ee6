import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

/**
 * What happens on the connection, in order: a line that the server says, one that it waits for, or bytes that it sends
 * as they are.
 */
export type Turn = `S: ${string}` | `C: ${string}` | Buffer | 'startTls' | 'end' | 'reset';

export interface ScriptOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Plays a script to the first who comes, on loopback. A client that says something else fails `played`. */
export class ScriptedServer {
  /** All lines of the client, those behind the end of the script among them. */
  readonly heard: string[] = [];
  /** Resolves when the last turn is done. */
  readonly played: Promise<void>;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  readonly #server: Server;
  readonly #played = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #turns: readonly Turn[];
  readonly #options: ScriptOptions;
  #socket: Socket | undefined;
  #at = 0;
  #held = '';

  static async start(turns: readonly Turn[], options: ScriptOptions = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(turns, options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    onTestFinished(() => {
      server.#socket?.destroy();
      server.#server.close();
    });
    return server;
  }

  private constructor(turns: readonly Turn[], options: ScriptOptions) {
    this.#turns = turns;
    this.#options = options;
    this.played = this.#played.promise;
    // A test that fails for another reason does not look at it.
    this.played.catch(() => undefined);
    this.closed = this.#closed.promise;
    this.#server = createServer((socket) => {
      if (this.#socket) return void socket.destroy();
      socket.on('close', () => {
        this.#played.reject(new Error(`the client has gone before ${this.#shown()}`));
        this.#closed.resolve();
      });
      this.#listen(socket);
      this.#play();
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Bytes that the client has not taken yet, beyond what the system holds for it. */
  get unsent(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** Whether anybody came. */
  get isVisited(): boolean {
    return this.#socket !== undefined;
  }

  /** What is said at a moment of the test's own choice. */
  say(line: string): void {
    this.#socket?.write(`${line}\r\n`);
  }

  hangUp(): void {
    this.#socket?.destroy();
  }

  /** Nobody can come any more. */
  async stop(): Promise<void> {
    await once(this.#server.close(), 'close');
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (this.#held + chunk.toString('latin1')).split('\r\n');
      this.#held = lines.pop()!;
      this.heard.push(...lines);
      this.#play();
    });
  }

  #play(): void {
    for (; this.#at < this.#turns.length; this.#at++) {
      const turn = this.#turns[this.#at]!;
      if (typeof turn === 'string' && turn.startsWith('C: ')) {
        const said = this.#said();
        if (said === undefined) return;
        if (said !== turn.slice(3)) return this.#fail(`the client says "${said}", not ${this.#shown()}`);
      } else this.#perform(turn);
    }
    this.#played.resolve();
  }

  /** The line that belongs to this turn, once it is there. */
  #said(): string | undefined {
    const before = this.#turns.slice(0, this.#at).filter((turn) => typeof turn === 'string' && turn.startsWith('C: '));
    return this.heard[before.length];
  }

  #perform(turn: Turn): void {
    const socket = this.#socket!;
    if (turn === 'end') socket.end();
    else if (turn === 'reset') socket.resetAndDestroy();
    else if (turn === 'startTls') {
      socket.removeAllListeners('data');
      this.#listen(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(this.#options.tls) }));
    } else socket.write(typeof turn === 'string' ? `${turn.slice(3)}\r\n` : turn);
  }

  #fail(why: string): void {
    this.#played.reject(new Error(why));
    this.#socket!.destroy();
  }

  #shown(): string {
    return `turn ${this.#at + 1}: ${String(this.#turns[this.#at])}`;
  }
}
