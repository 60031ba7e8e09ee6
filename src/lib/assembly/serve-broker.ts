import type { Settings } from '../config/schema.ts';
import type { ExitCode } from '../errors.ts';
import { eventsToStdout } from './event-output.ts';
import { OpenBroker } from './open-broker.ts';
import { runServices, type Service } from './service-group.ts';

/** The whole of `spamtrap broker`. */
export async function serveBroker(settings: Settings, dataDir: string): Promise<ExitCode> {
  const { hub, flush } = eventsToStdout(settings.log.format, Date.now);
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
  try {
    const { drain } = settings.shutdown;
    return await runServices({ services: [service], emit: hub.emit, dataDir, drain, signals: process });
  } finally {
    await flush();
  }
}
