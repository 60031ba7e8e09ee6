import type { ExitCode } from '../errors.ts';
import { lmtpServer } from '../smtp/personas/lmtp.ts';
import { lmtpService } from './lmtp-service.ts';
import { runSensor, type Run, type Surroundings } from './sensor.ts';

/** The whole of `spamtrap serve-lmtp`. */
export function serveLmtp(run: Run): Promise<ExitCode> {
  const { software } = lmtpServer;
  const { hostname: host } = run.settings.lmtp;
  const intakes = (around: Surroundings) => [lmtpService(around)];
  return runSensor({ ...run, software, host, desk: 'none', broker: 'none', intakes });
}
