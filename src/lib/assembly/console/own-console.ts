import { spawn, type ChildProcess } from 'node:child_process';
import { reason } from '../../errors.ts';
import { eventsToTerminal } from '../event-output.ts';
import type { Surroundings } from '../sensor.ts';
import type { Service } from '../service-group.ts';
import type { Shown } from '../serve.ts';

/** So long a console may take to give the terminal back when the sensor is gone. */
const patienceMs = 3_000;

/**
 * The console of a sensor that was started on a terminal. It is a process of its own that watches over the control
 * socket like any other: drawing costs the sensor nothing, and what goes wrong there does not go wrong here.
 */
export class OwnConsole {
  readonly shown: Shown;
  readonly #output = eventsToTerminal(Date.now);
  readonly #program: readonly string[];
  readonly #flags: readonly string[];
  #ended: Promise<void> = Promise.resolve();
  #child: ChildProcess | undefined;
  #isStopping = false;

  /** Words that call this program, and flags that the console shares with it. */
  constructor(program: readonly string[], flags: readonly string[]) {
    this.#program = program;
    this.#flags = flags;
    this.shown = {
      events: this.#output,
      shows: (around) => [this.#service(around)],
      // The terminal is gone, and with it the console. The sensor goes on.
      hungUp: () => undefined,
    };
  }

  /** Resolves when the terminal is given back. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.#child?.kill('SIGTERM'), patienceMs);
    await this.#ended;
    clearTimeout(timer);
    await this.#output.flush();
  }

  #service({ dataDir, hub }: Surroundings): Service {
    return {
      name: 'console',
      start: async () => {
        await this.#output.flush();
        this.#output.quiet();
        const own = ['monitor', '--with-sensor', '--data-dir', dataDir, ...this.#flags];
        const [program, ...words] = [...this.#program, ...own];
        const child = spawn(program!, words, { stdio: 'inherit' });
        this.#child = child;
        this.#ended = new Promise((resolve) => {
          child.once('error', (error) => {
            this.#output.loud(0);
            hub.emit({ event: 'console.closed', why: reason(error) });
            resolve();
          });
          child.once('exit', (code, signal) => {
            this.#output.loud(this.#isStopping ? 2 : 0);
            if (!this.#isStopping) hub.emit({ event: 'console.closed', why: whyClosed(code, signal) });
            resolve();
          });
        });
      },
      stop: async () => {
        this.#isStopping = true;
      },
    };
  }
}

function whyClosed(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === 0) return 'somebody left it';
  return signal === null ? `it ended with ${code}` : `it was ended by ${signal}`;
}
