import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const patience = 5_000;
const running = new Set<ChildProcess>();

// However this program ends, nothing that it started stays behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(status));
}

export type Child = ChildProcess & { readonly pid: number };

export function startChild(command: string, args: readonly string[], options: SpawnOptions): Child {
  const child = spawn(command, args, options);
  // The error arrives later as an event; without a process number there is nothing to wait for.
  child.on('error', () => running.delete(child));
  if (child.pid === undefined) throw new Error(`${command} could not be started`);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child as Child;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves with the exit status; a process that takes longer than the limit is ended. */
export async function waitFor(child: ChildProcess, limitSeconds: number): Promise<number> {
  if (!hasEnded(child)) {
    const limit = setTimeout(() => child.kill('SIGKILL'), limitSeconds * 1_000);
    await new Promise<void>((resolve) => child.once('exit', () => resolve()));
    clearTimeout(limit);
  }
  return child.exitCode ?? 128;
}

export async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (hasEnded(child)) return;
  child.kill(signal);
  await waitFor(child, patience / 1_000);
  // Servers with processes of their own leave the port a moment later.
  await sleep(100);
}
