import { isIPv4, isIPv6 } from 'node:net';
import { lmtpTlsLevel, lmtpTransport } from './lmtp.ts';
import { blackHoleDelivery, domainsDelivery, mailServerDelivery } from './main-cf-delivery.ts';
import { madeBy } from './origin.ts';
import { relayhostSettings } from './main-cf-relayhost.ts';
import type { Tls } from '../tls-choice.ts';
import { milterSettings } from './main-cf-milters.ts';
import type { Site } from './site.ts';

export function mainCf(site: Site): string {
  return `${madeBy(site)}
# Valid for Postfix 3.7 and newer.
compatibility_level = 3.6

# Who we are, and where we listen.
myhostname = ${site.hostname}
${origin(site)}inet_interfaces = ${site.listen.join(', ')}
inet_protocols = ${protocols(site.listen)}
${instanceSettings(site)}
# No mail for users of this system, and no client that may do more than others.
mydestination =
mynetworks =
alias_maps =
alias_database =

${delivery(site)}
# The LMTP server is told who the client was (XFORWARD) and answers for each recipient by itself.
lmtp_send_xforward_command = yes
lmtp_destination_recipient_limit = 50
lmtp_tls_security_level = ${lmtpTlsLevel(site.lmtp)}
# Names in /etc/hosts too.
lmtp_host_lookup = dns, native

# No postmaster is told of trouble, and no sender of delay: the log has both.
notify_classes =
delay_warning_time = 0

# Large mail is mail too. Whoever we deliver to must take as much, or it waits in the queue in vain.
message_size_limit = ${site.messageSize}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
# What is longer would be cut off.
header_size_limit = 4096000

# What comes in goes out as it came: no line folded, no header dropped, completed or rewritten, no address "repaired".
lmtp_line_length_limit = 0
message_drop_headers =
always_add_missing_headers = no
local_header_rewrite_clients =
remote_header_rewrite_domain =
append_dot_mydomain = no
allow_percent_hack = no
swap_bangpath = no
owner_request_special = no
disable_mime_input_processing = yes
disable_mime_output_conversion = yes
header_checks =
mime_header_checks =
nested_header_checks =
body_checks =
smtputf8_enable = yes
strict_rfc821_envelopes = no
strict_smtputf8 = no
recipient_delimiter = +

# A bare newline ends no message (SMTP smuggling). "yes" is understood by every version that knows the setting.
smtpd_forbid_bare_newline = yes
smtpd_forbid_bare_newline_exclusions =
disable_vrfy_command = yes
# Notices of delivery are never sent, and the queue is nobody's to run.
smtpd_discard_ehlo_keywords = dsn, etrn
fast_flush_domains =

# One client cannot have everything. These hold for a minute.
smtpd_client_connection_count_limit = 20
smtpd_client_connection_rate_limit = 300
smtpd_client_message_rate_limit = 1000
smtpd_client_recipient_rate_limit = 10000
smtpd_client_new_tls_session_rate_limit = 300
smtpd_client_auth_rate_limit = 20
smtpd_client_event_limit_exceptions =
smtpd_recipient_limit = 1000

${tlsSettings(site)}`;
}

/** Where an instance of its own keeps its things, so that it touches nothing of the system's. */
function instanceSettings({ instance, maillog }: Site): string {
  const log = maillog ?? (instance && `${instance}/mail.log`);
  return [
    ...(instance === undefined ? [] : [`queue_directory = ${instance}/queue\n`, `data_directory = ${instance}/data\n`]),
    ...(log === undefined ? [] : [`maillog_file = ${log}\n`]),
    ...(instance === undefined ? [] : [`maillog_file_prefixes = ${instance}, /var, /dev/stdout\n`]),
  ].join('');
}

/** Postmaster without a domain is always taken, so that must be somebody to whom mail can be delivered. */
function origin(site: Site): string {
  return `# What addresses without a domain belong to.
myorigin = ${site.mode === 'blackhole' ? '$myhostname' : site.domains[0]}
`;
}

function protocols(listen: readonly string[]): string {
  if (listen.every((address) => isIPv4(address))) return 'ipv4';
  if (listen.every((address) => isIPv6(address))) return 'ipv6';
  return 'all';
}

function delivery(site: Site): string {
  switch (site.mode) {
    case 'domains':
      return domainsDelivery(lmtpTransport(site.lmtp));
    case 'blackhole':
      return blackHoleDelivery(lmtpTransport(site.lmtp));
    case 'mailserver':
      return [mailServerDelivery(lmtpTransport(site.lmtp)), milterSettings(site.milters), relayhostSettings(site)].join(
        '\n',
      );
  }
}

function tlsSettings({ tls, mode }: Site): string {
  if (tls.is === 'none') return '# No TLS.\nsmtpd_tls_security_level = none\n';
  // Those who send to a trap are often old; what people log in with need not be.
  const oldest = mode === 'mailserver' ? '>=TLSv1.2' : '>=TLSv1';
  return `# TLS for who wants it. The key comes first, because it must stand before its certificate.
smtpd_tls_security_level = may
smtpd_tls_chain_files = ${chainFiles(tls)}
smtpd_tls_protocols = >=TLSv1
smtpd_tls_mandatory_protocols = ${oldest}
smtpd_tls_auth_only = yes
smtpd_tls_received_header = yes
smtpd_tls_loglevel = 1
`;
}

/** The key and its certificate, where they are ours. */
export const selfSignedFile = 'tls.pem';

function chainFiles(tls: Exclude<Tls, { readonly is: 'none' }>): string {
  if (tls.is === 'self-signed') return `$config_directory/${selfSignedFile}`;
  return tls.key === tls.cert ? tls.key : `${tls.key}, ${tls.cert}`;
}
