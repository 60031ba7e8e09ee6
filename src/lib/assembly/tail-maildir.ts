import { join } from 'node:path';
import type { ExitCode } from '../errors.ts';
import { Seen } from '../intake/maildir/seen.ts';
import { lockDataDir } from '../journal/lock.ts';
import { makeDirectory } from '../files/synced.ts';
import { Figures } from '../monitor/figures.ts';
import { controlService } from './control/control-service.ts';
import { Offers } from './control/offers.ts';
import { sensorState } from './control/sensor-state.ts';
import { eventsToStdout } from './event-output.ts';
import { followersOf } from './maildirs/follow.ts';
import { maildirsService } from './maildirs/maildirs-service.ts';
import { realRoots } from './maildirs/roots.ts';
import { showMessage } from './maildirs/show-message.ts';
import { runSensor, type Run } from './sensor.ts';
import { runServices, type Service } from './service-group.ts';

/** `spamtrap tail-maildir --publish`: what comes goes into a journal, and from there to the outputs. */
export function publishMaildirs(run: Run): Promise<ExitCode> {
  const host = run.settings.sensor.name;
  const intakes = (around: Parameters<typeof maildirsService>[0]) => [maildirsService(around, 'refused')];
  return runSensor({ ...run, software: 'spamtrap', host, desk: 'none', broker: 'none', intakes });
}

/** `spamtrap tail-maildir`: what comes is shown. */
export async function showMaildirs({ settings, dataDir, program, configuration }: Run): Promise<ExitCode> {
  const { hub, flush } = eventsToStdout(settings.log.format, Date.now);
  const figures = new Figures(Date.now);
  hub.listen(figures.hear);
  const offers = new Offers();
  offers.add({ state: () => sensorState({ program, dataDir, configuration, figures, outputs: async () => [] }) });
  const services = [controlService({ program, dataDir, hub, offers }), showing(settings, dataDir, hub.emit)];
  makeDirectory(dataDir);
  const lock = lockDataDir(dataDir);
  try {
    const { drain } = settings.shutdown;
    return await runServices({ services, emit: hub.emit, dataDir, drain, signals: process });
  } finally {
    await flush();
    lock.release();
  }
}

const commitEvery = 500;

function showing({ maildirs }: Run['settings'], dataDir: string, emit: Parameters<typeof showMessage>[2]): Service {
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let seen: Seen | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    name: 'maildirs',
    async start(fatal) {
      const roots = await realRoots(maildirs.paths ?? [], [], 'refused');
      const known = new Seen(join(dataDir, 'maildirs', 'shown.db'));
      seen = known;
      if (maildirs.from === 'start') known.forgetAll();
      const { from, poll, largest } = maildirs;
      const isOwn = async () => false;
      const followers = followersOf(
        { roots, from, poll },
        { seen: known, emit, isOwn, take: (found) => showMessage(found, largest, emit) },
      );
      timer = setInterval(() => known.commit(), commitEvery);
      running = Promise.all(followers.map((follower) => follower.run(stop.signal)));
      running.catch(fatal);
    },
    async stop() {
      clearInterval(timer);
      stop.abort();
      await running.catch(() => undefined);
      seen?.close();
    },
  };
}
