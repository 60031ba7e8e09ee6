import { afterEach, expect, it } from 'vitest';
import { WatchedSensor } from '../../src/lib/assembly/console/watched-sensor.ts';
import { ControlClient } from '../../src/lib/control/control-client.ts';
import { ControlServer } from '../../src/lib/control/control-server.ts';
import { EventFeed } from '../../src/lib/control/event-feed.ts';
import { EventHub } from '../../src/lib/events/hub.ts';
import type { Happening } from '../../src/lib/monitor/update.ts';
import { sensorView } from '../monitor/scene.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A sensor of which only its control socket is there, and somebody who watches it. */
async function watched() {
  const dataDir = temporaryDirectory();
  const hub = new EventHub(Date.now);
  const asked: string[] = [];
  const serve = async () => {
    const server = await ControlServer.open({
      dataDir,
      greeting: { command: 'serve', version: '1', pid: 1 },
      operations: {
        state: () => sensorView(),
        'outputs.pause': ({ output }) => {
          asked.push(`pause ${String(output)}`);
          return 'It is paused.';
        },
      },
      feed: new EventFeed(hub),
      dropped: () => undefined,
    });
    ends.push(() => server.close());
    return server;
  };
  const server = await serve();
  const copied: string[] = [];
  const sensor = new WatchedSensor(
    (await ControlClient.connect(dataDir))!,
    () => '',
    (text) => copied.push(text),
  );
  ends.push(() => sensor.close());
  const happened: Happening[] = [];
  let changed = Promise.withResolvers<void>();
  ends.push(
    sensor.watch((happening) => {
      happened.push(happening);
      changed.resolve();
      changed = Promise.withResolvers();
    }),
  );
  const until = async (fits: (happening: Happening) => boolean) => {
    while (!happened.some(fits)) await changed.promise;
    return happened.find(fits)!;
  };
  return { hub, server, serve, sensor, asked, copied, happened, until };
}

it('tells what happens, and does what is wanted', async () => {
  const { hub, sensor, asked, copied, until } = await watched();
  hub.emit({ event: 'stopping', why: 'a test' });
  await until((one) => one.is === 'events' && one.events.some(({ event }) => event === 'stopping'));
  sensor.perform({ do: 'look', at: 'state' });
  await until(({ is }) => is === 'state');
  sensor.perform({ do: 'output', act: 'pause', output: 'maildir' });
  await until((one) => one.is === 'said' && one.text === 'It is paused.');
  expect(asked).toEqual(['pause maildir']);
  sensor.perform({ do: 'copy', text: 'abc' });
  await until((one) => one.is === 'said' && one.text === 'Copied: abc');
  expect(copied).toEqual(['abc']);
});

it('has nothing to show of what a sensor does not have, and says what cannot be done', async () => {
  const { sensor, until } = await watched();
  sensor.perform({ do: 'look', at: 'mailboxes' });
  expect(await until(({ is }) => is === 'mailboxes')).toEqual({ is: 'mailboxes', mailboxes: [] });
  sensor.perform({ do: 'open', what: 'message', id: 'no id' });
  await until((one) => one.is === 'said' && one.text.includes('no longer in the journal'));
});

it('comes back when it was sent away, and says that something is missing', async () => {
  const { hub, server, serve, until } = await watched();
  server.close();
  await serve();
  await until((one) => one.is === 'said' && one.text.includes('some are missing'));
  // It follows as soon as it has said so.
  const timer = setInterval(() => hub.emit({ event: 'stopping', why: 'after' }), 20);
  ends.push(() => clearInterval(timer));
  await until((one) => one.is === 'events' && one.events.some(({ event }) => event === 'stopping'));
});

it('says when the sensor is gone', async () => {
  const { server, until } = await watched();
  server.close();
  await until(({ is }) => is === 'gone');
});
