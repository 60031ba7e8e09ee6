import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { freePorts } from '../support/real-server.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { mailIn } from '../support/stored.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { evidenceOf } from './evidence.ts';
import { run } from './programs.ts';

/** As the systems before this one keep it beside their program. */
const feed = (port: number) =>
  `---  # Broker config\n  broker: "127.0.0.1"\n  port: ${port}\n  identity: "writer"\n  secret: "s3"\n`;

peer('postfix')('the short flags of a catch-all', () => {
  test('say where it listens, where mail goes and where it would be published', async () => {
    const folder = temporaryDirectory();
    const [port, nobody] = (await freePorts(2)) as [number, number];
    const maildir = join(folder, 'mail');
    const file = join(folder, 'feed_config.yml');
    writeFileSync(file, feed(nobody));
    const flags = ['-p', String(port), '-m', maildir, '-f', file];
    const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir(), flags });
    expect(sensor.port).toBe(port);
    const words = ['-L', '-m', 3, '-f', 'a@example.org', '-t', 'b@example.net', `127.0.0.1:${port}`];
    expect(await run('smtp-source', words)).toEqual({ code: 0, said: '' });
    const accepted = await sensor.times('capture.accepted', 3);
    // Nobody is there to whom it could be published, and the journal keeps it all.
    const failed = await sensor.event('output.failed');
    expect(failed).toMatchObject({ output: 'hpfeeds', detail: expect.stringContaining(`port ${nobody}`) as string });
    await sensor.handedOn(accepted.at(-1)!.id);
    const { captures } = await evidenceOf(sensor);
    expect(mailIn(maildir).map(({ id, isWhole }) => [id, isWhole])).toEqual(captures.map(({ id }) => [id, true]));
  });
});
