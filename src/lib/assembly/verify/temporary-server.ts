import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Fault } from '../../errors.ts';
import { reach } from '../../net/dial.ts';
import { usualPath } from '../../setup/ask-program.ts';
import { shownCommand, type Command } from '../../setup/run-commands.ts';
import { printable } from '../../text/printable.ts';

/** A server as it is started by hand, and where it can be reached then. */
export interface Startable {
  readonly command: Command;
  readonly host: string;
  readonly port: number;
}

const patience = 20_000;
const pause = 100;

/**
 * Has servers run while something is tried on them. One that runs already is left as it is, and runs on; what is
 * started here ends with it.
 */
export async function withServers<Result>(servers: readonly Startable[], use: () => Promise<Result>): Promise<Result> {
  const started: (() => Promise<void>)[] = [];
  try {
    for (const server of servers) if (!(await answers(server))) started.push(await start(server));
    return await use();
  } finally {
    for (const stop of started.toReversed()) await stop();
  }
}

async function start(server: Startable): Promise<() => Promise<void>> {
  const [program, ...args] = server.command;
  const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: usualPath, LC_ALL: 'C' } });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  const over = new AbortController();
  const closed = once(child, 'close')
    .catch(() => undefined)
    .finally(() => over.abort());
  const stop = async () => {
    if (!over.signal.aborted) child.kill('SIGTERM');
    await closed;
  };
  const since = performance.now();
  while (!over.signal.aborted && performance.now() - since < patience) {
    if (await answers(server)) return stop;
    await setTimeout(pause, undefined, { signal: over.signal }).catch(() => undefined);
  }
  await stop();
  throw new Fault(`"${shownCommand(server.command)}" does not run: ${lastLine(said)}.`, {
    code: 'verify.not-started',
    fix: 'The files are written. Mend what it complains of, and start it by hand.',
  });
}

async function answers({ host, port }: Startable): Promise<boolean> {
  try {
    (await reach({ host, port }, { connectMs: 1_000 }, AbortSignal.timeout(2_000))).destroy();
    return true;
  } catch {
    return false;
  }
}

function lastLine(said: string): string {
  return printable(said.trim().split('\n').at(-1) ?? '') || 'it does not say why';
}
