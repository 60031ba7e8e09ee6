import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import type { TimedEvent } from '../events/event.ts';
import { LineSplitter } from './line-splitter.ts';
import { controlPath, reachable } from './socket-place.ts';
import { controlVersion, toLine, type Answer, type Greeting } from './wire.ts';

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Fault) => void;
}

/** A server's line may hold a listing. */
const longestLine = 64 * 2 ** 20;
/** A sensor greets at once; one that is stopped in its tracks never does. */
const greetingWait = 5_000;

const notThere = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR']);

/** One who asks a running sensor and hears what happens in it. */
export class ControlClient {
  readonly greeting: Greeting;
  /** Resolves when the sensor has closed the connection, or is gone. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #asked = new Map<number, Asked>();
  #hearEvent: (event: TimedEvent) => void = () => undefined;
  #lastId = 0;

  /** Undefined when nothing runs on this data directory. */
  static async connect(dataDir: string): Promise<ControlClient | undefined> {
    // A socket that is deep within folders is reached through its folder, which has to be there for that.
    if (!existsSync(dataDir)) return undefined;
    const { path, done } = reachable(controlPath(dataDir));
    const socket = connect(path);
    try {
      const greeting = Promise.withResolvers<Greeting>();
      const lines = new LineSplitter(longestLine);
      let client: ControlClient | undefined;
      socket.setEncoding('utf8').setTimeout(greetingWait, () => socket.destroy());
      socket.on('error', greeting.reject);
      socket.on('close', () => greeting.reject(new Error('it closed the connection without a greeting')));
      socket.on('data', (text: string) => {
        const complete = lines.take(text);
        if (complete === undefined) socket.destroy();
        for (const line of complete ?? []) {
          if (client) client.#hear(line);
          else {
            const first = readGreeting(line);
            client = new ControlClient(socket, first);
            greeting.resolve(first);
          }
        }
      });
      await greeting.promise;
      socket.setTimeout(0);
      return client;
    } catch (error) {
      socket.destroy();
      if (notThere.has(errno(error) ?? '')) return undefined;
      throw cannotAsk(dataDir, error);
    } finally {
      done();
    }
  }

  private constructor(socket: Socket, greeting: Greeting) {
    this.#socket = socket;
    this.greeting = greeting;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.closed.then(() => {
      for (const { reject } of this.#asked.values()) reject(gone(greeting));
      this.#asked.clear();
    });
  }

  /** The answer; throws the Fault with which the sensor refused. */
  ask<Answered = unknown>(what: string, given: Readonly<Record<string, unknown>> = {}): Promise<Answered> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (!this.#socket.writable) return Promise.reject(gone(this.greeting));
    this.#asked.set(id, { resolve, reject });
    this.#socket.write(toLine({ id, ask: what, with: given }));
    return promise as Promise<Answered>;
  }

  async follow(from: 'kept' | 'now', hear: (event: TimedEvent) => void): Promise<void> {
    this.#hearEvent = hear;
    await this.ask('events', { from });
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(line: string): void {
    const message = JSON.parse(line) as Answer | TimedEvent;
    if ('event' in message) return this.#hearEvent(message);
    const asked = message.id === null ? undefined : this.#asked.get(message.id);
    if (asked === undefined) return;
    this.#asked.delete(message.id!);
    if ('fault' in message) asked.reject(new Fault(message.fault.message, message.fault));
    else asked.resolve(message.answer);
  }
}

function readGreeting(line: string): Greeting {
  const greeting = JSON.parse(line) as Greeting;
  if (greeting.control === controlVersion) return greeting;
  throw new Fault(`The sensor that runs speaks version ${greeting.control} of the control protocol.`, {
    code: 'control.version',
    fix: `This program speaks version ${controlVersion}: use the version ${greeting.version} that the sensor is of.`,
  });
}

function gone({ command, dataDir }: Greeting): Fault {
  return new Fault(`The ${command} on ${dataDir} is gone.`, {
    code: 'control.gone',
    fix: 'Look at what it said last; then start it again.',
  });
}

function cannotAsk(dataDir: string, error: unknown): unknown {
  if (error instanceof Fault) return error;
  const isForbidden = errno(error) === 'EACCES' || errno(error) === 'EPERM';
  return new Fault(`What runs on ${dataDir} cannot be asked: ${reason(error)}.`, {
    code: 'control.unreachable',
    fix: isForbidden ? 'Do it as the user that the sensor runs as.' : 'See whether it still runs and answers.',
    exit: exitCodes.failed,
    cause: error,
  });
}
