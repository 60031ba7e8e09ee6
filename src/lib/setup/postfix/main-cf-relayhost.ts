import { isIP } from 'node:net';
import { bracketed, isLoopback } from '../names.ts';
import type { MailServer, Relayhost } from './site.ts';

/** The port at which TLS begins with the first byte. */
const implicitTlsPort = 465;

export function relayhostSettings({ relayhost, system }: MailServer): string {
  if (relayhost === undefined) return 'relayhost =\n';
  return `# What users of our domains send, and only that, leaves through the relay host.
relayhost = ${nexthop(relayhost)}
sender_dependent_default_transport_maps = texthash:$config_directory/outgoing
smtp_tls_security_level = ${tlsLevel(relayhost)}
smtp_tls_CAfile = ${system.authorities}
${relayhost.port === implicitTlsPort ? 'smtp_tls_wrappermode = yes\n' : ''}smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = texthash:$config_directory/sasl_passwd
smtp_sasl_security_options = noanonymous
smtp_line_length_limit = 0
`;
}

/** In brackets the host itself is meant, and not who takes mail for a domain of that name. */
export function nexthop({ host, port }: Relayhost): string {
  return `${bracketed(host)}:${port}`;
}

// Passwords go there. A certificate proves a name, so an address can be asked for no more than encryption.
function tlsLevel({ host, port }: Relayhost): 'secure' | 'encrypt' | 'may' {
  if (isIP(host) === 0 && !isLoopback(host)) return 'secure';
  return isLoopback(host) && port !== implicitTlsPort ? 'may' : 'encrypt';
}
