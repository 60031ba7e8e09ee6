import { spawn } from 'node:child_process';

/**
 * Syncs the whole file system that holds `path`: one call for any number of files. Node.js has no syncfs(2), but
 * coreutils' sync has; where that is missing (BusyBox, BSD), a sync of everything does the same and more.
 */
export async function syncFileSystem(path: string): Promise<void> {
  if (!(await succeeds('sync', ['-f', path])) && !(await succeeds('sync', []))) {
    throw new Error('the program "sync" is missing or failed, so files cannot be made safe against power loss');
  }
}

function succeeds(program: string, words: readonly string[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(program, words, { stdio: 'ignore' });
  child.on('error', () => resolve(false));
  child.on('close', (status) => resolve(status === 0));
  return promise;
}
