import type { Settings } from '../config/schema.ts';
import type { TlsUse } from '../intake/mail-connection.ts';
import type { Listener } from './intake-service.ts';
import { passedListeners } from './passed-listeners.ts';

type RelaySettings = Settings['relay'];
type Port = number | 'off';

/** Where the relay listens: on what systemd passes, and otherwise on three ports of each address. */
export function relayListeners(settings: RelaySettings): readonly Listener[] {
  const plain: TlsUse = settings.tls.offer === 'yes' ? 'starttls' : 'none';
  const passed = passedListeners({ smtp: plain, submission: plain, smtps: 'implicit' });
  if (passed.length > 0) return passed;
  const { smtp, smtps, submission } = relayPorts(settings);
  const uses: readonly (readonly [Port, TlsUse])[] = [
    [smtp, plain],
    [settings.tls.offer === 'yes' ? smtps : 'off', 'implicit'],
    [submission, plain],
  ];
  return settings.bind.flatMap((address) =>
    uses.flatMap(([port, tls]) => (port === 'off' ? [] : [{ at: { address, port }, tls }])),
  );
}

export function relayPorts({
  port,
  smtpsPort,
  submissionPort,
  basePort,
}: Pick<RelaySettings, 'port' | 'smtpsPort' | 'submissionPort' | 'basePort'>) {
  // Any free port for SMTP means that nobody cares which: then the same goes for the others.
  const usual = (offset: number, otherwise: number) =>
    port === 0 ? 0 : basePort === undefined ? otherwise : basePort + offset;
  return {
    smtp: port ?? usual(25, 6025),
    smtps: smtpsPort ?? usual(465, 6465),
    submission: submissionPort ?? usual(587, 6587),
  };
}
