import type { Feed } from '../config/feed.ts';
import type { Settings } from '../config/schema.ts';
import type { ExitCode } from '../errors.ts';
import { lmtpServer } from '../smtp/personas/lmtp.ts';
import { lmtpService } from './lmtp-service.ts';
import { runSensor, type Surroundings } from './sensor.ts';

/** The whole of `spamtrap serve-lmtp`. */
export function serveLmtp(settings: Settings, dataDir: string, feed?: Feed): Promise<ExitCode> {
  const { software } = lmtpServer;
  const { hostname: host } = settings.lmtp;
  const intakes = (around: Surroundings) => [lmtpService(around)];
  return runSensor({ settings, dataDir, software, host, feed, desk: 'none', broker: 'none', intakes });
}
