import { madeBy } from './origin.ts';
import type { MailServer, Site } from './site.ts';

// Postfix looks users up and checks passwords in sockets outside a chroot, and the maps are where they are: none of the
// services is put into one, as upstream has it.

const columns = '# service   type       private unpriv chroot wakeup maxproc command';

/** No local, virtual or pipe, which start programs, and no smtp or relay, which are the SMTP client. */
export function masterCf(site: Site): string {
  const isTrap = site.mode !== 'mailserver';
  const bounce = isTrap ? trapBounces : ordinaryBounces;
  const client = site.mode === 'mailserver' && site.relayhost !== undefined ? smtpClient : '';
  return `${madeBy(site)}
${columns}
${listeners(site)}pickup      unix       n       -      n      60     1       pickup
cleanup     unix       n       -      n      -      0       cleanup
qmgr        unix       n       -      n      300    1       qmgr
tlsmgr      unix       -       -      n      1000?  1       tlsmgr
rewrite     unix       -       -      n      -      -       trivial-rewrite
${bounce}flush       unix       n       -      n      1000?  0       flush
proxymap    unix       -       -      n      -      -       proxymap
proxywrite  unix       -       -      n      -      1       proxymap
showq       unix       n       -      n      -      -       showq
error       unix       -       -      n      -      -       error
retry       unix       -       -      n      -      -       error
discard     unix       -       -      n      -      -       discard
${isTrap ? patientLmtp : lmtp}${client}anvil       unix       -       -      n      -      1       anvil
scache      unix       -       -      n      -      1       scache
postlog     unix-dgram n       -      n      -      1       postlogd
`;
}

const ordinaryBounces = `bounce      unix       -       -      n      -      0       bounce
defer       unix       -       -      n      -      0       bounce
trace       unix       -       -      n      -      0       bounce
`;

const trapBounces = `# Notices go to a cleanup of their own, which throws them away.
bounce      unix       -       -      n      -      0       bounce
  -o cleanup_service_name=no-notices
defer       unix       -       -      n      -      0       bounce
  -o cleanup_service_name=no-notices
trace       unix       -       -      n      -      0       bounce
  -o cleanup_service_name=no-notices
no-notices  unix       n       -      n      -      0       cleanup
  -o { header_checks = static:{DISCARD no notices} }
`;

const lmtp = `lmtp        unix       -       -      n      -      -       lmtp
`;

const patientLmtp = `# What the trap refuses waits in the queue, so that a limit which is too low can be raised and nothing is lost.
lmtp        unix       -       -      n      -      -       lmtp
  -o soft_bounce=yes
`;

const smtpClient = `smtp        unix       -       -      n      -      -       smtp
`;

function listeners(site: Site): string {
  const { smtp, submission, submissions } = site.ports;
  const options = site.mode === 'mailserver' ? submissionOptions(site) : trapOptions;
  const first = site.mode === 'mailserver' ? '' : trapOptions;
  return [
    `${listener(smtp)}${first}`,
    submission === 'off' ? '' : `${listener(submission)}  -o syslog_name=postfix/submission\n${options}`,
    submissions === 'off'
      ? ''
      : `${listener(submissions)}  -o syslog_name=postfix/submissions\n  -o smtpd_tls_wrappermode=yes\n${options}`,
  ].join('');
}

function listener(port: number): string {
  return `${String(port).padEnd(11)} inet       n       -      n      -      -       smtpd\n`;
}

const trapOptions = `  -o receive_override_options=no_header_body_checks,no_address_mappings,no_milters
`;

// Mail programs may leave Date and Message-ID to their server, so here alone headers are completed.
function submissionOptions({ tls }: MailServer): string {
  return `  -o smtpd_tls_security_level=${tls.is === 'none' ? 'none' : 'encrypt'}
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_milters=
  -o smtpd_client_restrictions=
  -o smtpd_helo_restrictions=
  -o { smtpd_sender_restrictions = reject_sender_login_mismatch }
  -o { smtpd_relay_restrictions = permit_sasl_authenticated, reject }
  -o smtpd_recipient_restrictions=
  -o { local_header_rewrite_clients = permit_sasl_authenticated }
`;
}
