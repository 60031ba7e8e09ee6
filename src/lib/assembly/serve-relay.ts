import type { ExitCode } from '../errors.ts';
import { loadPersona } from './personas.ts';
import { relayService } from './relay-service.ts';
import { runSensor, type Run, type Surroundings } from './sensor.ts';

/** The whole of `spamtrap serve-relay`. */
export function serveRelay(run: Run): Promise<ExitCode> {
  const { relay } = run.settings;
  const persona = loadPersona(relay.persona);
  const { software } = persona;
  const { hostname: host } = relay;
  const intakes = (around: Surroundings) => [relayService(around, persona)];
  return runSensor({ ...run, software, host, desk: 'open', broker: 'none', intakes });
}
