import type { Settings } from '../config/schema.ts';
import { errno, Fault, reason } from '../errors.ts';
import type { EventHub } from '../events/hub.ts';
import { exposition } from '../monitor/exposition.ts';
import { healthPages } from '../monitor/health-pages.ts';
import { servePages, type PageServer } from '../net/pages.ts';
import type { SensorState } from './control/sensor-state.ts';
import type { Service } from './service-group.ts';
import type { ThreadService } from './thread-service.ts';

export interface HealthParts {
  readonly bind: Settings['health']['bind'];
  readonly port: Settings['health']['port'];
  readonly hub: EventHub;
  readonly state: () => Promise<SensorState>;
  /** The broker within, which has figures of its own. */
  readonly broker: ThreadService<unknown> | undefined;
}

async function brokersOwn(broker: HealthParts['broker']): Promise<string> {
  // While it starts or stops it has none.
  const text = await broker?.ask('metrics').catch(() => undefined);
  return typeof text === 'string' ? text : '';
}

/** Tells machines how the sensor is, where the configuration gives a port for that. */
export function healthService({ bind, port, hub, state, broker }: HealthParts): readonly Service[] {
  if (port === 'off') return [];
  let server: PageServer | undefined;
  const service: Service = {
    name: 'health',
    async start() {
      const metrics = async () => exposition(await state()) + (await brokersOwn(broker));
      try {
        server = await servePages({ address: bind, port }, healthPages({ state, metrics }));
      } catch (error) {
        throw new Fault(`The figures cannot be served on ${bind} port ${port}: ${reason(error)}.`, {
          code: 'health.listen',
          fix: errno(error) === 'EADDRINUSE' ? 'Choose another health.port (0 takes any).' : 'Check health.bind.',
          cause: error,
        });
      }
      hub.emit({ event: 'health.listening', address: bind, port: server.port });
    },
    async stop() {
      server?.close();
    },
  };
  return [service];
}
