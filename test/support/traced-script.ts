import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a script ended that ran below strace. */
export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
}

/** Runs a script of ours in a process of its own, below strace with these words. One thread works at the disk. */
export async function runTraced(script: URL, words: readonly string[], strace: readonly string[]): Promise<ScriptEnd> {
  const child = spawn('strace', ['-f', ...strace, process.execPath, fileURLToPath(script), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: '' },
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout };
}
