import type { Settings } from '../config/schema.ts';
import { acceptNone } from '../smtp/auth-policy.ts';
import { domainOf } from '../smtp/domain.ts';
import { lmtpServer } from '../smtp/personas/lmtp.ts';
import { lmtp as lmtpDialect } from '../smtp/verbs.ts';
import { intakeService, newChallenge, type Listener } from './intake-service.ts';
import { passedListeners } from './passed-listeners.ts';
import { openRules } from './rules-in-force.ts';
import type { Surroundings } from './sensor.ts';
import type { Service } from './service-group.ts';

type LmtpSettings = Settings['lmtp'];

/** The catch-all behind a mail server. */
export function lmtpService(around: Surroundings): Service {
  const { lmtp } = around.settings;
  return intakeService('lmtp', around, async () => {
    const { hostname, limits, domains } = lmtp;
    const rules = openRules(around, hostname);
    return {
      intake: 'lmtp',
      listeners: lmtpListeners(lmtp),
      host: hostname,
      persona: lmtpServer,
      dialect: lmtpDialect,
      limits,
      login: { offer: 'never', accepts: acceptNone, newChallenge: () => newChallenge(hostname) },
      takes: inDomains(domains),
      rules: () => rules.current,
      close: () => rules.close(),
    };
  });
}

function lmtpListeners({ bind, port, socket, socketMode }: LmtpSettings): readonly Listener[] {
  const passed = passedListeners({ lmtp: 'none' });
  if (passed.length > 0) return passed;
  if (socket !== undefined) return [{ at: { path: socket, mode: socketMode }, tls: 'none' }];
  return bind.map((address) => ({ at: { address, port }, tls: 'none' }));
}

function inDomains(domains: readonly string[] | undefined): (recipient: string) => boolean {
  if (domains === undefined) return () => true;
  const known = new Set(domains.map((domain) => domain.toLowerCase()));
  return (recipient) => known.has(domainOf(recipient) ?? '');
}
