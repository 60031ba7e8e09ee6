import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { type Shell, shellInit } from '../../src/lib/setup/shell-init.ts';

const scripts = fileURLToPath(new URL('scripts/', import.meta.url));

/** Words that the stub stands for; `status` is also what somebody may have called a function. */
export const words = ['serve', 'serve-relay', 'help', 'config', 'journal', 'status'];

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

export interface Call {
  readonly args?: readonly string[];
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A shell on a machine of its own: an empty home, and a `spamtrap` that tells what it was called with.
 * To be made where tests are described, not in one of them.
 */
export class ShellBench {
  readonly shell: Shell;
  readonly home = join(tmpdir(), `spamtrap-shell-${randomUUID()}`);
  readonly #bin = join(this.home, 'bin');

  constructor(shell: Shell) {
    this.shell = shell;
    beforeAll(() => this.#furnish());
    afterAll(() => rmSync(this.home, { recursive: true }));
  }

  #furnish(): void {
    mkdirSync(this.#bin, { recursive: true });
    // Scripts that are sourced lie beside those that source them.
    cpSync(join(scripts, this.shell), this.home, { recursive: true });
    const init = join(this.home, 'init');
    writeFileSync(init, shellInit(this.shell, words));
    const tell = `printf 'spamtrap'; for word; do printf ' <%s>' "$word"; done; echo; exit "\${STUB_STATUS-0}"`;
    const stub = `#!/bin/sh\n[ "$1" = shell-init ] && exec cat '${init}'\n${tell}\n`;
    writeFileSync(join(this.#bin, 'spamtrap'), stub, { mode: 0o755 });
  }

  run({ args = [], input = '', env = {} }: Call): Outcome {
    const { stdout, stderr, status, error } = spawnSync(this.shell, args, {
      cwd: this.home,
      input,
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: `${this.#bin}:/usr/bin:/bin`, HOME: this.home, LC_ALL: 'C.UTF-8', TERM: 'dumb', ...env },
    });
    if (error) throw error;
    return { stdout, stderr, status };
  }

  /** Runs text as a script, after a first line that is `prelude`. */
  script(prelude: string, text: string, call: Call = {}): Outcome {
    const path = `./script.${this.shell}`;
    writeFileSync(join(this.home, path), `${prelude}\n${text}`);
    return this.run({ ...call, args: [...(call.args ?? []), path] });
  }
}

export function scriptNames(shell: Shell): string[] {
  return readdirSync(join(scripts, shell)).sort();
}

export function scriptText(shell: Shell, name: string): string {
  return readFileSync(join(scripts, shell, name), 'utf8');
}
