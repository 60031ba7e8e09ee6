import { Networks } from '../net/network.ts';
import type { Persona } from '../smtp/persona.ts';
import { smtp } from '../smtp/verbs.ts';
import { certificateReload, openCertificate } from './certificate.ts';
import { intakeService, newChallenge } from './intake-service.ts';
import { loginPolicy } from './login-policy.ts';
import { openRules } from './rules-in-force.ts';
import { relayListeners } from './relay-listeners.ts';
import type { Surroundings } from './sensor.ts';
import type { Service } from './service-group.ts';

/** The fake open relay: everybody's mail for everybody, in the clothes of a persona. */
export function relayService(around: Surroundings, persona: Persona): Service {
  const { dataDir, hub, settings, reloads } = around;
  const { relay } = settings;
  return intakeService('relay', around, async () => {
    const { hostname, limits, tarpit, proxies, auth, tls } = relay;
    const listeners = relayListeners(relay);
    const accepts = loginPolicy(auth);
    const rules = openRules(around, hostname);
    const certificate =
      tls.offer === 'yes' ? await openCertificate({ dataDir, emit: hub.emit }, tls, hostname) : undefined;
    if (certificate) reloads.add('certificate', certificateReload(certificate));
    return {
      intake: 'relay',
      listeners,
      host: hostname,
      persona,
      dialect: smtp,
      limits: { ...limits, messageSize: limits.messageSize ?? persona.messageSize },
      tarpit: { ...tarpit, networks: new Networks(tarpit.networks ?? []) },
      login: { offer: auth.offer, accepts, newChallenge: () => newChallenge(hostname) },
      takes: () => true,
      proxies: proxies && new Networks(proxies),
      rules: () => rules.current,
      ...(certificate && { secureContext: () => certificate.current }),
      close() {
        rules.close();
        certificate?.close();
      },
    };
  });
}
