import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a server can be made to do something else at. */
export type Moment = 'connect' | 'EHLO' | 'HELO' | 'STARTTLS' | 'MAIL' | 'RCPT' | 'DATA' | 'content' | 'dot' | 'QUIT';

/** Bytes to say, or the name of something to do instead; of several, one for each time. */
export type Deed = string;
export type Script = Readonly<Partial<Record<Moment, Deed | readonly Deed[]>>>;

const usual: Readonly<Record<Moment, Deed>> = {
  connect: '220 scripted.test\r\n',
  EHLO: '250-scripted.test\r\n250 8BITMIME\r\n',
  HELO: '250 scripted.test\r\n',
  STARTTLS: '502 no\r\n',
  MAIL: '250 ok\r\n',
  RCPT: '250 ok\r\n',
  DATA: '354 go\r\n',
  content: '',
  dot: '250 queued as SCRIPT1\r\n',
  QUIT: '221 bye\r\n',
};

const deeds: Readonly<Record<string, (socket: Socket) => void>> = {
  reset: (socket) => socket.resetAndDestroy(),
  close: (socket) => socket.destroy(),
  flood: (socket) => flood(socket, '250 ok\r\n'),
  endlessLine: (socket) => flood(socket, '250 ok and '),
  endlessReply: (socket) => flood(socket, '250-ok\r\n'),
  drip,
};

/** A mail server on loopback that does at each moment what a script says, and is a good one otherwise. */
export class ScriptedServer {
  connections = 0;
  /** Resolves when it is at a moment at which the script lets a client wait. */
  readonly hung: Promise<void>;
  /** Every command line of every connection. */
  readonly commands: string[] = [];
  /** The messages whose final dot came in, as they were on the wire. */
  readonly messages: Buffer[] = [];
  readonly #script: Script;
  readonly #hang: () => void;
  readonly #times = new Map<Moment, number>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(script: Script) {
    this.#script = script;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hung = promise;
    this.#hang = resolve;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(script: Script = {}, host = '127.0.0.1'): Promise<ScriptedServer> {
    const server = new ScriptedServer(script);
    server.#server.listen(0, host);
    await once(server.#server, 'listening');
    onTestFinished(() => server.#stop());
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let held = '';
    let isInData = false;
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (;;) {
        if (isInData && held !== '') this.#do('content', socket);
        const end = held.indexOf(isInData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const taken = held.slice(0, end + 2);
        held = held.slice(end + (isInData ? 5 : 2));
        if (isInData) {
          isInData = false;
          this.messages.push(Buffer.from(taken, 'latin1'));
          this.#do('dot', socket);
          continue;
        }
        this.commands.push(taken.trimEnd());
        const moment = taken.trimEnd().split(' ')[0]!.toUpperCase() as Moment;
        const said = this.#do(moment, socket);
        isInData = moment === 'DATA' && said.startsWith('354');
        if (moment === 'QUIT' && said.startsWith('221')) socket.end();
      }
    });
    this.#do('connect', socket);
  }

  #do(moment: Moment, socket: Socket): Deed {
    const times = this.#times.get(moment) ?? 0;
    this.#times.set(moment, times + 1);
    const scripted = this.#script[moment];
    const wanted = Array.isArray(scripted) ? (scripted as readonly Deed[])[times] : (scripted as Deed);
    // A handshake that nobody takes up is read as commands, and may have a line end among its random bytes.
    const deed = wanted ?? (usual as Partial<Record<string, Deed>>)[moment] ?? '500 5.5.2 What?\r\n';
    const act = deeds[deed];
    if (deed === 'hang' || deed === 'drip') this.#hang();
    if (act) act(socket);
    else if (deed !== 'hang' && deed !== '') socket.write(deed, 'latin1');
    return deed;
  }

  async #stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** As fast as the other side takes it, for ever. */
function flood(socket: Socket, words: string): void {
  const block = words.repeat(10_000);
  const pour = () => {
    while (!socket.destroyed && socket.write(block)) continue;
  };
  socket.on('drain', pour);
  pour();
}

/** A line that always goes on, a byte at a time. */
function drip(socket: Socket): void {
  socket.write('250-');
  const timer = setInterval(() => void socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
}
