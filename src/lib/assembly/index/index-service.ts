import { spawn, type ChildProcess } from 'node:child_process';
import { exitCodes, reason } from '../../errors.ts';
import type { Emit } from '../../events/event.ts';
import type { Service } from '../service-group.ts';

export interface LiveIndex {
  readonly dataDir: string;
  /** The file of the configuration, where there is one. */
  readonly configuration: string | undefined;
  readonly emit: Emit;
}

const shortestRest = 1_000;
const longestRest = 5 * 60_000;
const patience = 5_000;
const mostSaid = 2_000;

/**
 * Has a process of its own keep the index up to date. Messages of strangers are taken apart there: whatever becomes of
 * it, it becomes of no intake.
 */
export function indexService({ dataDir, configuration, emit }: LiveIndex): Service {
  let child: ChildProcess | undefined;
  let again: NodeJS.Timeout | undefined;
  let isStopping = false;
  let rest = shortestRest;

  function begin(): void {
    const config = configuration === undefined ? [] : ['--config', configuration];
    const words = ['index', 'update', '--follow', '--with-sensor', '--data-dir', dataDir, ...config];
    const own = [...process.execArgv, process.argv[1]!];
    const started = performance.now();
    child = spawn(process.execPath, [...own, ...words], {
      stdio: ['pipe', 'ignore', 'pipe'],
      // What is typed at the terminal is meant for the sensor, which ends it in its time.
      detached: true,
    });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-mostSaid)));
    // It may be gone before it was told anything.
    child.stdin!.on('error', () => undefined);
    child.once('error', (error) => over(reason(error)));
    child.once('exit', (code, signal) => {
      if (performance.now() - started > longestRest) rest = shortestRest;
      // Somebody else keeps it: that is as well, and nobody need be told.
      if (code === exitCodes.locked) return comeBack();
      over(said.trim().split('\n').at(-1) ?? `it ended with ${code ?? signal}`);
    });
  }

  function over(why: string): void {
    if (isStopping) return;
    emit({ event: 'index.failed', why, retryInMs: rest });
    comeBack();
  }

  function comeBack(): void {
    if (isStopping) return;
    again = setTimeout(begin, rest);
    rest = Math.min(rest * 2, longestRest);
  }

  return {
    name: 'index',
    async start() {
      begin();
    },
    async stop(hurry) {
      isStopping = true;
      clearTimeout(again);
      const ending = child;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      const kill = () => ending.kill('SIGKILL');
      const timer = setTimeout(kill, patience);
      hurry.addEventListener('abort', kill, { once: true });
      ending.stdin!.end();
      await gone;
      clearTimeout(timer);
      hurry.removeEventListener('abort', kill);
    },
  };
}
