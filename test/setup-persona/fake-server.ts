import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { selfSigned } from '../../src/lib/tls/self-signed.ts';

/** A reply without its last line end, or what is done instead: `reset`, `close` or `silence`. */
export type Turn = string;

export interface Script {
  readonly greeting?: Turn;
  /** Milliseconds before the greeting. */
  readonly greetingAfter?: number;
  /** What is said to a line, the count of which in its session begins with 1; the usual server speaks otherwise. */
  readonly answer?: (line: string, inTls: boolean) => Turn | undefined;
  /** Milliseconds before the reply to the line with this number in its session. */
  readonly after?: (line: string, count: number) => number;
  /** After so many refused lines it says goodbye, or nothing, and closes. */
  readonly ends?: { readonly after: number; readonly saying: string | undefined };
  readonly tls?: 'implicit';
}

export interface FakeServer {
  readonly port: number;
  /** All lines that it was told, session by session. */
  readonly sessions: readonly (readonly string[])[];
}

/** The answers of a server that relays for nobody and has nothing to offer. */
function usualAnswer(line: string): Turn {
  const verb = line.split(' ', 1)[0]!.toUpperCase();
  if (verb === 'EHLO' || verb === 'HELO') return line.includes(' ') ? '250 fake.example.org' : '501 A name is needed';
  if (verb === 'MAIL') return /^MAIL FROM:<\S*>$/.test(line) ? '250 Sender taken' : '501 No sender';
  if (verb === 'RCPT')
    return /^RCPT TO:<\S+@fake\.example\.org>$/.test(line) ? '250 Recipient taken' : '550 No relaying';
  if (verb === 'NOOP' || verb === 'RSET') return '250 Done';
  if (verb === 'STARTTLS') return '220 Go on';
  return verb === 'QUIT' ? '221 Bye' : '500 What?';
}

/** A server that misbehaves as the test wants it to. It goes with the test. */
export async function startFake(script: Script = {}): Promise<FakeServer> {
  const identity = await selfSigned('fake.example.org', Date.now());
  const sessions: Session[] = [];
  const server = createServer((socket) => void sessions.push(new Session(socket, script, identity)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    get sessions() {
      return sessions.map(({ told }) => told);
    },
  };
}

class Session {
  readonly told: string[] = [];
  readonly #script: Script;
  readonly #identity: { readonly key: string; readonly cert: string };
  readonly #plain: Socket;
  #socket: Socket;
  #received = '';
  #refused = 0;
  /** One line after the other, however long the answer to one takes. */
  #busy: Promise<unknown>;

  constructor(socket: Socket, script: Script, identity: { readonly key: string; readonly cert: string }) {
    this.#script = script;
    this.#identity = identity;
    this.#plain = socket.on('error', () => undefined);
    this.#socket = socket;
    if (script.tls === 'implicit') this.#secure();
    else this.#attend();
    this.#busy = this.#say(script.greeting ?? '220 fake.example.org ESMTP Fake', script.greetingAfter ?? 0);
  }

  destroy(): void {
    this.#plain.destroy();
  }

  #attend(): void {
    this.#received = '';
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (chunk: Buffer) => {
      const lines = (this.#received + chunk.toString('latin1')).split('\r\n');
      this.#received = lines.pop()!;
      for (const line of lines) this.#busy = this.#busy.then(() => this.#hear(line));
    });
  }

  #secure(): void {
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, { isServer: true, ...this.#identity });
    this.#attend();
  }

  async #hear(line: string): Promise<void> {
    if (this.#socket.writableEnded || this.#plain.destroyed) return;
    this.told.push(line);
    const { answer, after, ends } = this.#script;
    const turn = answer?.(line, this.#socket instanceof TLSSocket) ?? usualAnswer(line);
    await this.#say(turn, after?.(line, this.told.length) ?? 0);
    if (/^[45]/.test(turn)) this.#refused++;
    if (line === 'QUIT') this.#socket.end();
    else if (line === 'STARTTLS' && turn.startsWith('220')) this.#secure();
    else if (ends && this.#refused >= ends.after) this.#socket.end(ends.saying ? `${ends.saying}\r\n` : '');
  }

  async #say(turn: Turn, after: number): Promise<void> {
    if (after > 0) await new Promise((resolve) => setTimeout(resolve, after));
    if (turn === 'reset') this.#plain.resetAndDestroy();
    else if (turn === 'close') this.#socket.end();
    else if (turn !== 'silence') this.#socket.write(`${turn.replaceAll('\n', '\r\n')}\r\n`, 'latin1');
  }
}
