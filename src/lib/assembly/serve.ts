import type { Feed } from '../config/feed.ts';
import type { Settings } from '../config/schema.ts';
import type { ExitCode } from '../errors.ts';
import { keepService, type MailboxSource } from './collect/keep-service.ts';
import { lmtpService } from './lmtp-service.ts';
import { loadPersona } from './personas.ts';
import { relayService } from './relay-service.ts';
import { runSensor, type Surroundings } from './sensor.ts';

/** The whole of `spamtrap serve`: every intake, on one journal, and a broker beside them. */
export function serve(settings: Settings, dataDir: string, source: MailboxSource, feed?: Feed): Promise<ExitCode> {
  const persona = loadPersona(settings.relay.persona);
  const { software } = persona;
  const { mailboxes } = source;
  const { hostname: host } = settings.relay;
  const intakes = (around: Surroundings) => [
    relayService(around, persona),
    lmtpService(around),
    ...(mailboxes.length > 0 ? [keepService(around, source)] : []),
  ];
  return runSensor({ settings, dataDir, software, host, feed, desk: 'open', broker: 'within', mailboxes, intakes });
}
