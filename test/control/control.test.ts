import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import type { Operations } from '../../src/lib/control/attendant.ts';
import { ControlClient } from '../../src/lib/control/control-client.ts';
import { ControlServer } from '../../src/lib/control/control-server.ts';
import { EventFeed } from '../../src/lib/control/event-feed.ts';
import { controlPath } from '../../src/lib/control/socket-place.ts';
import { Fault } from '../../src/lib/errors.ts';
import type { TimedEvent } from '../../src/lib/events/event.ts';
import { EventHub } from '../../src/lib/events/hub.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const open: { close(): void }[] = [];

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function scene(operations: Operations = {}, dataDir = temporaryDirectory()) {
  const hub = new EventHub(Date.now);
  const dropped: string[] = [];
  const server = await ControlServer.open({
    dataDir,
    greeting: { command: 'serve', version: '1.2.3', pid: 42 },
    operations,
    feed: new EventFeed(hub),
    dropped: (detail) => dropped.push(detail),
  });
  open.push(server);
  return { dataDir, hub, dropped, server };
}

async function clientOf(dataDir: string): Promise<ControlClient> {
  const client = await ControlClient.connect(dataDir);
  if (client === undefined) throw new Error('nobody is there');
  open.push(client);
  return client;
}

/** A client without manners: whatever it writes, and the lines that it gets. */
function bare(dataDir: string) {
  const socket: Socket = connect(controlPath(dataDir));
  open.push({ close: () => socket.destroy() });
  socket.on('error', () => undefined);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, next, closed };
}

describe('the control socket', () => {
  it('is for its owner alone, and leaves nothing else behind', async () => {
    const { dataDir, server } = await scene();
    expect(statSync(controlPath(dataDir)).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['control.sock']);
    server.close();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('greets, and answers what it is asked', async () => {
    const { dataDir } = await scene({ double: ({ number }) => Number(number) * 2 });
    const client = await clientOf(dataDir);
    expect(client.greeting).toEqual({ control: 1, command: 'serve', version: '1.2.3', pid: 42, dataDir });
    expect(await Promise.all([client.ask('double', { number: 4 }), client.ask('double', { number: 5 })])).toEqual([
      8, 10,
    ]);
  });

  it('takes the place of a socket that a dead sensor has left', async () => {
    const { dataDir } = await scene();
    await scene({ who: () => 'the second' }, dataDir);
    expect(await (await clientOf(dataDir)).ask('who')).toBe('the second');
  });

  it('is reached in folders that are too deep for the name of a socket', async () => {
    const dataDir = join(temporaryDirectory(), 'a'.repeat(80), 'b'.repeat(80));
    mkdirSync(dataDir, { recursive: true });
    await scene({ who: () => 'deep' }, dataDir);
    expect(await (await clientOf(dataDir)).ask('who')).toBe('deep');
  });

  it('is nobody where nothing runs', async () => {
    expect(await ControlClient.connect(temporaryDirectory())).toBeUndefined();
    expect(await ControlClient.connect(join('/nowhere', 'x'.repeat(200)))).toBeUndefined();
  });

  it('hands a Fault on as it is, and a bug as one', async () => {
    const { dataDir } = await scene({
      refuse: () => {
        throw new Fault('No.', { code: 'some.code', fix: 'Do that.' });
      },
      break: () => {
        throw new TypeError('x is no function');
      },
    });
    const client = await clientOf(dataDir);
    await expect(client.ask('refuse')).rejects.toMatchObject({ message: 'No.', code: 'some.code', fix: 'Do that.' });
    await expect(client.ask('break')).rejects.toMatchObject({
      code: 'bug',
      message: expect.stringContaining('x is no'),
    });
    await expect(client.ask('refsue')).rejects.toMatchObject({ code: 'control.unknown', fix: 'Did you mean refuse?' });
    await expect(client.ask('__proto__')).rejects.toMatchObject({ code: 'control.unknown' });
  });

  it('says what is wrong with a line that is no question, and goes on', async () => {
    const { dataDir } = await scene({ who: () => 'me' });
    const { socket, next } = bare(dataDir);
    await next();
    for (const line of ['no json', '[]', '{"ask":"who"}', '{"id":1}', '{"id":1,"ask":"who","with":3}']) {
      socket.write(`${line}\n`);
      expect(await next()).toMatchObject({ id: null, fault: { code: 'control.question' } });
    }
    socket.write('{"id":7,"ask":"who"}\n');
    expect(await next()).toEqual({ id: 7, answer: 'me' });
  });

  it('answers a script that closes its side behind its question', async () => {
    const { dataDir } = await scene({ slow: () => new Promise((resolve) => setImmediate(() => resolve('done'))) });
    const { socket, next, closed } = bare(dataDir);
    socket.end('{"id":1,"ask":"slow"}\n');
    await next();
    expect(await next()).toEqual({ id: 1, answer: 'done' });
    await closed;
  });

  it('ends in time, whoever keeps its side open', async () => {
    const { dataDir, server } = await scene();
    const stubborn = connect({ path: controlPath(dataDir), allowHalfOpen: true });
    open.push({ close: () => stubborn.destroy() });
    const failed = new Promise((resolve) => stubborn.once('error', resolve));
    await new Promise((resolve) => stubborn.once('data', resolve));
    server.close();
    await new Promise((resolve) => stubborn.once('end', resolve));
    // What is written into a connection that is still half open is taken.
    const timer = setInterval(() => stubborn.write('\n'), 20);
    open.push({ close: () => clearInterval(timer) });
    expect(await failed).toMatchObject({ code: 'EPIPE' });
  });

  it('sends away who asks in a line without an end', async () => {
    const { dataDir, dropped } = await scene();
    const { socket, closed } = bare(dataDir);
    socket.write('x'.repeat(100_000));
    await closed;
    expect(dropped).toEqual(['it asked in lines that do not end']);
  });

  it('sends away who asks on and on without waiting', async () => {
    const never = new Promise(() => undefined);
    const { dataDir, dropped } = await scene({ never: () => never });
    const { socket, closed } = bare(dataDir);
    socket.write(Array.from({ length: 100 }, (_, id) => `{"id":${id},"ask":"never"}\n`).join(''));
    await closed;
    expect(dropped).toEqual(['it asked on without waiting for answers']);
  });

  it('tells events that are kept, then those that happen, each once and in their order', async () => {
    const { dataDir, hub } = await scene();
    hub.emit({ event: 'stopping', why: 'one' });
    const client = await clientOf(dataDir);
    const heard: TimedEvent[] = [];
    const all = Promise.withResolvers<void>();
    await client.follow('kept', (event) => {
      heard.push(event);
      if (heard.length === 3) all.resolve();
    });
    hub.emit({ event: 'stopping', why: 'two' });
    hub.emit({ event: 'stopping', why: 'three' });
    await all.promise;
    expect(heard.map((event) => event.event === 'stopping' && event.why)).toEqual(['one', 'two', 'three']);
  });

  it('drops a client that does not read, and keeps nobody else waiting', async () => {
    const { dataDir, hub, dropped } = await scene();
    const lazy = bare(dataDir);
    lazy.socket.write('{"id":1,"ask":"events"}\n');
    await lazy.next();
    await lazy.next();
    lazy.socket.pause();
    const client = await clientOf(dataDir);
    let heard = 0;
    let told = Promise.withResolvers<void>();
    await client.follow('now', () => {
      if (++heard % 50 === 0) told.resolve();
    });
    const detail = 'x'.repeat(10_000);
    // More than the kernel and the server together hold for somebody who sleeps.
    for (let round = 0; round < 40; round++) {
      told = Promise.withResolvers();
      for (let index = 0; index < 50; index++) hub.emit({ event: 'journal.untidy', detail });
      await told.promise;
    }
    expect(heard).toBe(2_000);
    expect(dropped).toEqual([expect.stringMatching(/^it does not read: .* wait for it$/)]);
  });

  it('takes no more clients than it has places for', async () => {
    const { dataDir, dropped } = await scene();
    const clients = Array.from({ length: 32 }, () => bare(dataDir));
    await Promise.all(clients.map(({ next }) => next()));
    const late = bare(dataDir);
    await late.closed;
    expect(dropped).toEqual(['32 are connected already']);
    clients[0]!.socket.destroy();
    await clients[0]!.closed;
    // The place is free as soon as the server has seen the end.
    for (let client; client === undefined;) client = await ControlClient.connect(dataDir).catch(() => undefined);
  });

  it('tells those who wait for an answer when the sensor is gone', async () => {
    const asked = Promise.withResolvers<void>();
    const { dataDir, server } = await scene({
      never: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const client = await clientOf(dataDir);
    const answer = client.ask('never');
    answer.catch(() => undefined);
    await asked.promise;
    server.close();
    await expect(answer).rejects.toMatchObject({ code: 'control.gone' });
    await expect(client.ask('never')).rejects.toMatchObject({ code: 'control.gone' });
  });
});
