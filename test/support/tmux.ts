import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { temporaryDirectory } from './temporary.ts';

export interface TmuxOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const patience = 30_000;
const lookEvery = 40;

const running = new Set<Tmux>();

afterAll(async () => {
  for (const tmux of running) await tmux.close();
});

/** A terminal as operators have one: a tmux of its own, with one program in it. */
export class Tmux {
  readonly #socket = join(temporaryDirectory(), 'tmux');
  readonly #server: number;

  constructor(words: readonly string[], { columns = 80, rows = 24, env = {} }: TmuxOptions = {}) {
    // With CI set, Ink draws nothing before the end.
    const inside = { PATH: process.env['PATH']!, HOME: '/nonexistent', LANG: 'C.UTF-8', ...env };
    const settings = Object.entries(inside).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    this.#tmux(
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      ...settings,
      'env',
      '-u',
      'CI',
      ...words,
    );
    this.#tmux('set-option', '-g', 'remain-on-exit', 'on');
    this.#server = Number(this.#tmux('display-message', '-p', '#{pid}'));
    running.add(this);
  }

  /** Keys by tmux's names: `Enter`, `Escape`, `C-c`, or letters. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#tmux('send-keys', key);
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What is seen now. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p');
  }

  /** The same, with the sequences that colour it. */
  get colours(): string {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** Whether the program has ended. */
  get isDead(): boolean {
    return this.#tmux('display-message', '-p', '#{pane_dead}').trim() === '1';
  }

  /** The process that was started in it. */
  get pid(): number {
    return Number(this.#tmux('display-message', '-p', '#{pane_pid}'));
  }

  /** The screen, once all of this is on it. A terminal tells nobody when it has changed, so it is looked at. */
  async shows(...texts: readonly (string | RegExp)[]): Promise<string> {
    return this.#until(`shows ${texts.join(' and ')}`, (screen) =>
      texts.every((text) => (typeof text === 'string' ? screen.includes(text) : text.test(screen))),
    );
  }

  async lacks(text: string): Promise<string> {
    return this.#until(`no longer shows ${text}`, (screen) => !screen.includes(text));
  }

  async ended(): Promise<string> {
    return this.#until('ends', () => this.isDead);
  }

  /** Attaches a terminal that looks at it, and takes it away again. */
  async lookedAt(): Promise<void> {
    const words = ['-qefc', `tmux -S ${this.#socket} attach`, '/dev/null'];
    const viewer = spawn('script', words, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, TERM: 'xterm' },
    });
    const closed = once(viewer, 'close');
    await once(viewer.stdout, 'data');
    this.#tmux('detach-client');
    viewer.stdout.resume();
    await closed;
  }

  async close(): Promise<void> {
    running.delete(this);
    try {
      process.kill(this.#server, 'SIGTERM');
    } catch {
      // It has gone with its last window.
    }
  }

  async #until(what: string, fits: (screen: string) => boolean): Promise<string> {
    const end = Date.now() + patience;
    for (;;) {
      const { screen } = this;
      if (fits(screen)) return screen;
      if (Date.now() >= end) throw new Error(`The terminal never ${what}:\n${screen}`);
      await sleep(lookEvery);
    }
  }

  #tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, '-f', '/dev/null', ...words], { encoding: 'utf8' });
  }
}
