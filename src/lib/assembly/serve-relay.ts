import type { Feed } from '../config/feed.ts';
import type { Settings } from '../config/schema.ts';
import type { ExitCode } from '../errors.ts';
import { loadPersona } from './personas.ts';
import { relayService } from './relay-service.ts';
import { runSensor, type Surroundings } from './sensor.ts';

/** The whole of `spamtrap serve-relay`. */
export function serveRelay(settings: Settings, dataDir: string, feed?: Feed): Promise<ExitCode> {
  const persona = loadPersona(settings.relay.persona);
  const { software } = persona;
  const { hostname: host } = settings.relay;
  const intakes = (around: Surroundings) => [relayService(around, persona)];
  return runSensor({ settings, dataDir, software, host, feed, desk: 'open', broker: 'none', intakes });
}
