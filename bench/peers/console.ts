import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endChild } from '../machine/children.ts';
import type { Need } from './need.ts';

const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));
const patienceMs = 20_000;

/** Debian's bsdutils, which are essential: a terminal for a program that wants one. */
export const terminal: Need = {
  name: 'script',
  isThere: () => readdirSync('/usr/bin').includes('script'),
  remedy: 'install bsdutils',
};

/** `spamtrap monitor` on a terminal of 120 columns and 40 rows. */
export class OpenConsole {
  readonly pid: number;
  readonly #script: ChildProcess;
  #drawn = '';
  #look: () => void = () => undefined;

  static async open(dataDir: string): Promise<OpenConsole> {
    const inside = `stty cols 120 rows 40; exec '${program}' monitor --data-dir '${dataDir}'`;
    const { CI: _, ...env } = process.env;
    const script = spawn('script', ['-qefc', inside, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...env, TERM: 'xterm-256color' },
    });
    const opened = new OpenConsole(script);
    await opened.#until('overview');
    return opened;
  }

  private constructor(script: ChildProcess) {
    this.#script = script;
    script.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#drawn = (this.#drawn + text).slice(-200_000);
      this.#look();
    });
    this.pid = script.pid!;
  }

  /** The process that draws. */
  get drawing(): number {
    const found = childrenOf(this.pid)[0];
    if (found === undefined) throw new Error('the console has ended');
    return found;
  }

  /** Milliseconds from a key to what it shows. */
  async answer(key: string, shown: string): Promise<number> {
    this.#drawn = '';
    const pressedAt = performance.now();
    this.#script.stdin!.write(key);
    await this.#until(shown);
    return performance.now() - pressedAt;
  }

  async close(): Promise<void> {
    const closed = once(this.#script, 'close');
    this.#script.stdin!.write('q');
    await Promise.race([closed, sleep(2_000)]);
    await endChild(this.#script, 'SIGKILL').catch(() => undefined);
  }

  async #until(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`the console never shows "${text}"`)), patienceMs);
    this.#look = () => {
      if (this.#drawn.includes(text)) resolve();
    };
    this.#look();
    await promise;
    clearTimeout(timer);
    this.#look = () => undefined;
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
