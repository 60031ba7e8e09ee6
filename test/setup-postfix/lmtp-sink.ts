import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A message as the sink got it. */
export interface Delivery {
  readonly from: string;
  readonly recipients: readonly string[];
  /** What XFORWARD said, as `ADDR` → `127.0.0.1`. */
  readonly forwarded: ReadonlyMap<string, string>;
  /** To the byte, without the dots of the protocol. */
  readonly content: Buffer;
}

export interface SinkOptions {
  /** LMTP greets with LHLO and answers for each recipient, SMTP for all of them at once. */
  readonly protocol?: 'lmtp' | 'smtp';
  /** What to say to a recipient after the message; 250 unless the test has other plans. */
  readonly verdict?: (recipient: string) => string;
}

/** Takes mail on loopback and keeps it in memory. */
export class Sink {
  readonly deliveries: Delivery[] = [];
  /** Every command line of every session. */
  readonly commands: string[] = [];
  readonly protocol: 'lmtp' | 'smtp';
  readonly verdict: (recipient: string) => string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();

  private constructor({ protocol = 'lmtp', verdict = () => '250 2.0.0 Ok' }: SinkOptions) {
    this.protocol = protocol;
    this.verdict = verdict;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      Session.begin(this, socket);
    });
  }

  static async start(options: SinkOptions = {}): Promise<Sink> {
    const sink = new Sink(options);
    sink.#server.listen(0, '127.0.0.1');
    await once(sink.#server, 'listening');
    onTestFinished(() => sink.stop());
    return sink;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when so many messages have come in all. */
  async received(count: number): Promise<readonly Delivery[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => this.deliveries.length >= count && resolve();
    this.#waiting.add(look);
    look();
    await promise;
    this.#waiting.delete(look);
    return this.deliveries;
  }

  keep(delivery: Delivery): void {
    this.deliveries.push(delivery);
    for (const look of this.#waiting) look();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const endOfData = Buffer.from('\r\n.\r\n', 'latin1');
const extensions = ['PIPELINING', 'SIZE 104857600', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];
const xforward = 'XFORWARD NAME ADDR PORT PROTO HELO SOURCE';

class Session {
  readonly #sink: Sink;
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #inData = false;
  #from = '';
  #recipients: string[] = [];
  #forwarded = new Map<string, string>();

  private constructor(sink: Sink, socket: Socket) {
    this.#sink = sink;
    this.#socket = socket;
  }

  static begin(sink: Sink, socket: Socket): void {
    const session = new Session(sink, socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => session.#take(chunk));
    session.#say('220 sink.invalid');
  }

  #say(reply: string): void {
    this.#socket.write(`${reply}\r\n`);
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const end = this.#bytes.indexOf(this.#inData ? endOfData : '\r\n');
      if (end < 0) return;
      const taken = this.#bytes.subarray(0, end + 2);
      this.#bytes = this.#bytes.subarray(end + (this.#inData ? endOfData.length : 2));
      if (this.#inData) this.#end(taken);
      else this.#command(taken.toString('utf8').trimEnd());
    }
  }

  #command(line: string): void {
    this.#sink.commands.push(line);
    const [verb = '', path = ''] = [line.split(/[ :]/)[0], /<(.*)>/.exec(line)?.[1]];
    switch (verb.toUpperCase()) {
      case 'LHLO':
      case 'EHLO': {
        const lines = ['sink.invalid', ...extensions, ...(this.#sink.protocol === 'lmtp' ? [xforward] : [])];
        return this.#say(lines.map((each, at) => `250${at === lines.length - 1 ? ' ' : '-'}${each}`).join('\r\n'));
      }
      case 'XFORWARD':
        for (const [, name, value] of line.matchAll(/(\w+)=(\S*)/g)) this.#forwarded.set(name!, value!);
        return this.#say('250 2.0.0 Ok');
      case 'MAIL':
        this.#from = path;
        this.#recipients = [];
        return this.#say('250 2.1.0 Ok');
      case 'RCPT':
        this.#recipients.push(path);
        return this.#say('250 2.1.5 Ok');
      case 'DATA':
        this.#inData = true;
        return this.#say('354 Go on');
      case 'QUIT':
        this.#say('221 2.0.0 Bye');
        return void this.#socket.end();
      default:
        return this.#say('250 2.0.0 Ok');
    }
  }

  #end(wire: Buffer): void {
    this.#inData = false;
    const content = Buffer.from(wire.toString('latin1').replaceAll(/^\./gm, ''), 'latin1');
    const recipients = [...this.#recipients];
    const verdicts = recipients.map((recipient) => this.#sink.verdict(recipient));
    const isTaken = verdicts.some((verdict) => verdict.startsWith('2'));
    if (isTaken) this.#sink.keep({ from: this.#from, recipients, forwarded: new Map(this.#forwarded), content });
    const replies = this.#sink.protocol === 'lmtp' ? verdicts : [isTaken ? '250 2.0.0 Ok' : verdicts[0]!];
    for (const reply of replies) this.#say(reply);
  }
}
