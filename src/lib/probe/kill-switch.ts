import { closeSync, fsyncSync, lstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errno, reason } from '../errors.ts';
import { isoTime } from '../text/time.ts';
import { printable, printableWithin } from '../text/printable.ts';
import { deskLayout } from './desk/layout.ts';
import { makeDirectory, syncDirectory } from '../files/synced.ts';

export type SwitchState = { readonly is: 'running' } | { readonly is: 'stopped'; readonly why: string };

/**
 * A file that stops all sending while it is there, whatever is in it: `touch relay.stopped` is enough. It needs
 * nothing else to work, no database and no process.
 */
export class KillSwitch {
  readonly path: string;

  constructor(dataDir: string) {
    this.path = deskLayout(dataDir).stopFile;
  }

  state(): SwitchState {
    try {
      lstatSync(this.path);
    } catch (error) {
      if (errno(error) === 'ENOENT') return { is: 'running' };
      return { is: 'stopped', why: `it cannot be told whether ${this.path} is there: ${reason(error)}` };
    }
    return { is: 'stopped', why: this.#why() };
  }

  get isStopped(): boolean {
    return this.state().is === 'stopped';
  }

  /** What an earlier stop has to say stays. */
  stop(by: string, why: string, now: number): 'stopped' | 'already stopped' {
    makeDirectory(dirname(this.path));
    try {
      // It works from here on, before a word is in it.
      const file = openSync(this.path, 'wx', 0o600);
      try {
        writeSync(file, `${isoTime(now)} ${printable(by)}: ${printable(why)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      if (errno(error) === 'EEXIST') return 'already stopped';
      throw error;
    }
    syncDirectory(dirname(this.path));
    return 'stopped';
  }

  resume(): 'running again' | 'already running' {
    if (!this.isStopped) return 'already running';
    rmSync(this.path, { force: true });
    syncDirectory(dirname(this.path));
    return 'running again';
  }

  #why(): string {
    try {
      // Whatever else has this name, a pipe for one, might never come to an end.
      if (!lstatSync(this.path).isFile()) return `${this.path} is there`;
      const [line = ''] = beginningOf(this.path).split('\n', 1);
      return line === '' ? `${this.path} is there` : printableWithin(line, 300);
    } catch {
      return `${this.path} is there`;
    }
  }
}

function beginningOf(path: string): string {
  const bytes = Buffer.alloc(1024);
  const file = openSync(path, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
