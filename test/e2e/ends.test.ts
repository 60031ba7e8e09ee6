import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { keep, openJournal } from '../support/journals.ts';
import { command } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Background } from '../cluster/scene.ts';

it('a command ends when everything it said was read, and not before', async () => {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir);
  for (let count = 0; count < 400; count++) await keep(journal, Buffer.from(`Subject: ${count}\r\n\r\n`));
  await journal.close();
  const words = ['log', '--json', '--last', '400', '--data-dir', dataDir];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'], env: { HOME: '/nonexistent' } });
  // Far more than a pipe takes while nobody reads: it has to wait, and it would be over by then if it did not.
  const over = once(child, 'exit').then(() => 'over');
  expect(await Promise.race([over, setTimeout(2_000, 'waits')])).toBe('waits');
  const said = await text(child.stdout);
  expect(said.trim().split('\n')).toHaveLength(400);
}, 30_000);

it('a command ends when it is told to, while a server of NATS accepts a connection and says nothing', async () => {
  const server = createServer(() => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const subscriber = new Background(['subscribe', `nats://127.0.0.1:${port}/SPAM`]);
  await once(server, 'connection');
  // The library's own patience.
  await subscriber.says('next attempt in');
  const since = performance.now();
  subscriber.child.kill('SIGTERM');
  expect(await subscriber.ended).toBe(0);
  expect(performance.now() - since).toBeLessThan(5_000);
}, 60_000);
