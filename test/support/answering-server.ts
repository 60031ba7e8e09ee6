import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a server says to a line of its client; undefined says nothing, an end closes the connection behind it. */
export type Answer = string | Buffer | { readonly end: string | Buffer } | undefined;

export interface Script {
  readonly greeting: string;
  /** Called for each line, without its end. */
  answer(line: string, client: Socket): Answer | Promise<Answer>;
}

/** A server on loopback that says what a test wants, however wrong that is. */
export class AnsweringServer {
  readonly port: number;
  /** Every line that clients have sent. */
  readonly lines: string[] = [];
  readonly #sockets = new Set<Socket>();

  static async start(script: Script): Promise<AnsweringServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answering = new AnsweringServer((server.address() as AddressInfo).port);
    server.on('connection', (client) => void answering.#serve(client, script).catch(() => client.destroy()));
    onTestFinished(() => {
      server.close();
      for (const socket of answering.#sockets) socket.destroy();
    });
    return answering;
  }

  private constructor(port: number) {
    this.port = port;
  }

  async #serve(client: Socket, script: Script): Promise<void> {
    this.#sockets.add(client);
    client.on('error', () => undefined).on('close', () => this.#sockets.delete(client));
    client.write(script.greeting);
    let waiting = '';
    for await (const bytes of client as AsyncIterable<Buffer>) {
      waiting += bytes.toString('latin1');
      for (let end = waiting.indexOf('\r\n'); end !== -1; end = waiting.indexOf('\r\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        this.lines.push(line);
        const said = await script.answer(line, client);
        if (said === undefined) continue;
        if (typeof said === 'string' || Buffer.isBuffer(said)) client.write(said);
        else client.end(said.end);
      }
    }
  }
}
