import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allowToConnect, removeStaleSocket } from '../../src/lib/intake/unix-socket.ts';

// Paths of sockets may have little more than a hundred characters.
function shortFolder(): string {
  return mkdtempSync(join(tmpdir(), 'st-'));
}

async function socketOfTheDead(): Promise<string> {
  const path = join(shortFolder(), 'socket');
  const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  return path;
}

describe('a Unix socket', () => {
  it('of a process that was killed is taken away', async () => {
    const path = await socketOfTheDead();
    expect(existsSync(path)).toBe(true);
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(false);
  });

  it('on which somebody listens stays', async () => {
    const path = join(shortFolder(), 'socket');
    const server = createServer((socket) => socket.destroy()).listen(path);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(true);
    allowToConnect(path, '660');
    expect(statSync(path).mode & 0o777).toBe(0o660);
  });

  it('is never a file of another kind, or none', async () => {
    const path = join(shortFolder(), 'file');
    await removeStaleSocket(path);
    writeFileSync(path, 'mine');
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(true);
  });
});
