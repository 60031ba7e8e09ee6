import type { ExitCode } from '../errors.ts';
import { keepService, type MailboxSource } from './collect/keep-service.ts';
import { lmtpService } from './lmtp-service.ts';
import { maildirsService } from './maildirs/maildirs-service.ts';
import { loadPersona } from './personas.ts';
import { relayService } from './relay-service.ts';
import { runSensor, type Run, type SensorParts, type Surroundings } from './sensor.ts';

/** How it is shown: as lines, unless a console is there. */
export type Shown = Pick<SensorParts, 'events' | 'shows' | 'hungUp'>;

/** The whole of `spamtrap serve`: every intake, on one journal, and a broker beside them. */
export function serve(run: Run, source: MailboxSource, shown: Shown = {}): Promise<ExitCode> {
  const { relay } = run.settings;
  const persona = loadPersona(relay.persona);
  const { software } = persona;
  const { mailboxes } = source;
  const { hostname: host } = relay;
  const intakes = (around: Surroundings) => [
    relayService(around, persona),
    lmtpService(around),
    ...(mailboxes.length > 0 ? [keepService(around, source)] : []),
    ...((run.settings.maildirs.paths ?? []).length > 0 ? [maildirsService(around, 'awaited')] : []),
  ];
  return runSensor({ ...run, ...shown, software, host, desk: 'open', broker: 'within', mailboxes, intakes });
}
