import { otherLoopback } from './address-change.ts';
import { timestampFormat } from './dovecot-mail-log.ts';
import type { MailDovecotOptions, MailDovecotPorts } from './launch-mail-dovecot.ts';
import type { ServerCertificate } from './server-certificate.ts';

export interface DovecotSetup extends MailDovecotOptions {
  readonly folder: string;
  readonly ports: MailDovecotPorts;
  readonly certificate: ServerCertificate;
  readonly mailUser: number;
}

export function dovecotConfiguration(setup: DovecotSetup): string {
  const { folder, ports, certificate, mailUser, clear = false, tokens, settings = '' } = setup;
  return `
protocols = imap pop3 lmtp
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
instance_name = spamtrap-${ports.imap}
log_path = /dev/stderr
log_timestamp = "${timestampFormat}"
ssl = yes
ssl_cert = <${certificate.cert}
ssl_key = <${certificate.key}
disable_plaintext_auth = ${clear ? 'no' : 'yes'}
auth_mechanisms = plain login${tokens ? ' oauthbearer xoauth2' : ''}
auth_username_format = %u
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:${folder}/mail/%u
mail_max_userip_connections = 500
mail_plugins = notify mail_log
first_valid_uid = ${mailUser}
last_valid_uid = ${mailUser}
lmtp_save_to_detail_mailbox = yes
recipient_delimiter = +
protocol imap {
  ${imapCapability(setup)}
}
protocol lmtp {
  postmaster_address = postmaster@localhost
}
service imap-login {
  chroot =
  inet_listener imap {
    address = ${clear ? '127.0.0.1' : otherLoopback}
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    address = ${clear ? '127.0.0.1' : otherLoopback}
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = ${ports.pop3s}
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
${tokens ? `passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = ${folder}/oauth2.conf\n}` : ''}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = ${folder}/passwd
}
userdb {
  driver = passwd-file
  args = ${folder}/passwd
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
}
plugin {
  mail_log_events = delete undelete expunge flag_change save copy mailbox_delete mailbox_create mailbox_rename
  mail_log_fields = uid box msgid size flags
}
${settings}
`;
}

function imapCapability({ capability, compress = false }: DovecotSetup): string {
  if (capability !== undefined) return `imap_capability = ${capability}`;
  return compress ? 'mail_plugins = $mail_plugins imap_zlib' : '';
}

/** Asks who it is of whom a bearer token is. */
export function dovecotOauth2(address: string): string {
  return `
introspection_mode = get
introspection_url = ${address}
username_attribute = username
active_attribute = active
active_value = true
`;
}
