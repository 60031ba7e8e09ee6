import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { finish } from '../e2e/commands.ts';
import { peer } from '../support/peers.ts';
import { command } from '../support/sensor.ts';
import { allParts, chance, Example, parts, sendUntil } from './example.ts';
import { keptIn } from './scene.ts';

// The same faults for the same seed, in the same order. The full schedule has ten minutes: KILL_SCHEDULE_SECONDS=600.
const seconds = Number(process.env['KILL_SCHEDULE_SECONDS'] ?? 60);
const seed = Number(process.env['KILL_SCHEDULE_SEED'] ?? 10);

peer('nats-server')('the example of a cluster', () => {
  it(
    `loses nothing that was acknowledged in ${seconds} seconds of faults`,
    async () => {
      const example = await Example.start();
      const acknowledged = new Set<string>();
      const stop = new AbortController();
      const sending = [0, 1, 2].map((which) => sendUntil(example.smtpPort(which), acknowledged, stop.signal));
      await expect.poll(() => keptIn(example.kept).length, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);

      const random = chance(seed);
      const one = (of: readonly string[]) => of[Math.floor(random() * of.length)]!;
      const faults: readonly (() => Promise<string>)[] = [
        async () => kill(one(parts.servers)),
        async () => {
          const stays = one(parts.servers);
          return kill(...parts.servers.filter((server) => server !== stays));
        },
        async () => kill(one(parts.sensors)),
        async () => kill(one(parts.consumers)),
        async () => {
          const slow = one([...parts.consumers, ...parts.servers]);
          const before = example.signal(slow, 'SIGSTOP');
          await setTimeout(1_000 + random() * 4_000);
          example.signal(slow, 'SIGCONT');
          return `${slow} ${before ? 'stood still' : 'was away'}`;
        },
        async () => kill(...allParts),
      ];
      function kill(...which: readonly string[]): string {
        for (const part of which) example.signal(part, 'SIGKILL');
        return `killed ${which.join(', ')}`;
      }
      const happened: string[] = [];
      const until = Date.now() + seconds * 1_000;
      while (Date.now() < until) {
        await setTimeout(2_000 + random() * 6_000);
        // Everything at once is rarer than anything alone.
        const which = Math.floor(random() * (faults.length - 0.5));
        happened.push(await faults[which]!());
      }
      stop.abort();
      await Promise.all(sending);

      const missing = () => {
        const kept = new Set(keptIn(example.kept));
        return [...acknowledged].filter((hash) => !kept.has(hash));
      };
      await expect
        .poll(() => missing().length, { timeout: 120_000, interval: 1_000 })
        .toBe(0)
        .catch(async (error: unknown) => {
          // Where they were last seen says whose fault it is.
          throw new Error(await example.whereabouts(missing()), { cause: error });
        });
      expect(acknowledged.size).toBeGreaterThan(seconds * 10);
      // And all of it is as before.
      const alive = async () => {
        const { code, stdout } = await finish(command, ['cluster', 'sensors', '--json', '--config', example.config]);
        const lines = code === 0 ? stdout.toString().trim().split('\n') : [];
        return new Set(lines.map((line) => (JSON.parse(line) as { sensor: string }).sensor));
      };
      await expect.poll(alive, { timeout: 60_000, interval: 1_000 }).toEqual(new Set(parts.sensors));
      await example.stop();
      if (process.env['KILL_SCHEDULE_SECONDS'] !== undefined) {
        process.stderr.write(`${acknowledged.size} acknowledged, ${happened.length} faults:\n${happened.join('\n')}\n`);
      }
    },
    (seconds + 300) * 1_000,
  );
});
