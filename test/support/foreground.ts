import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

export interface LogLine {
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

export interface ForegroundOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** On a busy machine a server takes its time; one that ends instead is noticed at once. */
const patience = 120_000;

/** A server in the foreground that says on its output what it does. Knows nothing of tests. */
export class Foreground {
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #watchers = new Set<() => void>();
  #isClosed = false;

  constructor(command: string, args: readonly string[], { env = process.env, uid, gid }: ForegroundOptions = {}) {
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      cwd: '/',
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        this.#take(lines);
      });
      stream.on('end', () => rest !== '' && this.#take([rest]));
    }
    this.#closed = once(this.#child, 'close').finally(() => {
      this.#isClosed = true;
      this.#look();
    });
    this.#closed.catch((error: unknown) => this.#take([String(error)]));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasEnded(): boolean {
    return this.#isClosed;
  }

  get output(): string {
    return this.lines.map(({ text }) => `${text}\n`).join('');
  }

  /** Resolves with the first line from this index on that matches; at once when it is there already. */
  async logged(pattern: RegExp | string, from = 0): Promise<LogLine> {
    const matches = ({ text }: LogLine) =>
      typeof pattern === 'string'
        ? text.includes(pattern)
        : new RegExp(pattern, pattern.flags.replace('g', '')).test(text);
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    let next = from;
    const look = () => {
      while (next < this.lines.length) {
        const line = this.lines[next++]!;
        if (matches(line)) return resolve(line);
      }
      if (this.#isClosed) giveUp();
    };
    const giveUp = () => reject(new Error(`The server does not say ${String(pattern)}:\n${this.output}`));
    const timer = setTimeout(giveUp, patience);
    this.#watchers.add(look);
    try {
      look();
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** Resolves when somebody listens on this port. */
  async listens(port: number): Promise<void> {
    for (const end = Date.now() + patience; Date.now() < end;) {
      if (this.#isClosed) throw new Error(`The server does not start:\n${this.output}`);
      if (await takesConnections(port)) return;
      // Nothing tells us that a port of somebody else's is open.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`The server does not listen:\n${this.output}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.#isClosed) this.#child.kill(signal);
    await this.#closed.catch(() => undefined);
  }

  /** Ends it and everything that it has started, as a loss of power would. */
  async kill(): Promise<void> {
    if (!this.#isClosed) {
      // Stopped, it cannot start more of them meanwhile.
      this.#child.kill('SIGSTOP');
      for (const pid of [this.pid, ...descendants(this.pid)]) signalIfThere(pid, 'SIGKILL');
    }
    await this.#closed.catch(() => undefined);
  }

  #take(lines: readonly string[]): void {
    const at = Date.now();
    for (const text of lines) this.lines.push({ at, text });
    this.#look();
  }

  #look(): void {
    for (const look of this.#watchers) look();
  }
}

function descendants(pid: number): number[] {
  let children: number[];
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    children = listed === '' ? [] : listed.split(' ').map(Number);
  } catch {
    // It has ended by itself.
    return [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
