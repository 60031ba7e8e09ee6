import type { ExitCode } from '../errors.ts';
import { makeDirectory } from '../files/synced.ts';
import { Figures } from '../monitor/figures.ts';
import { configurationReload } from './control/configuration.ts';
import { controlService } from './control/control-service.ts';
import { Offers } from './control/offers.ts';
import { Reloads } from './control/reloads.ts';
import { sensorState } from './control/sensor-state.ts';
import { eventsToStdout } from './event-output.ts';
import { hangUpService } from './hang-up-service.ts';
import { OpenBroker } from './open-broker.ts';
import type { Run } from './sensor.ts';
import { runServices, type Service } from './service-group.ts';

/** The whole of `spamtrap broker`. */
export async function serveBroker({ settings, dataDir, program, configuration }: Run): Promise<ExitCode> {
  const { hub, flush } = eventsToStdout(settings.log.format, Date.now);
  const figures = new Figures(Date.now);
  hub.listen(figures.hear);
  const offers = new Offers();
  const reloads = new Reloads();
  reloads.add('configuration', configurationReload(configuration, { settings, takenUp: [] }, hub.emit));
  offers.add({
    state: () => sensorState({ program, dataDir, configuration, figures, outputs: async () => [] }),
    reload: () => reloads.run(),
  });
  let broker: OpenBroker | undefined;
  const service: Service = {
    name: 'broker',
    async start() {
      broker = await OpenBroker.open({ settings: settings.broker, dataDir, identities: 'given' }, hub.emit);
    },
    async stop(hurry) {
      await broker?.close(hurry);
    },
  };
  const services = [
    controlService({ program, dataDir, hub, offers }),
    hangUpService(() => void reloads.run()),
    service,
  ];
  try {
    makeDirectory(dataDir);
    const { drain } = settings.shutdown;
    return await runServices({ services, emit: hub.emit, dataDir, drain, signals: process });
  } finally {
    await flush();
  }
}
