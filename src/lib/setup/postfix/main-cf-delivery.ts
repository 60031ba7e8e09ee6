// Where mail goes, for each mode. Every transport is set: what is left at its default would be the SMTP client.
//
// All maps are texthash: they are plain text that Postfix reads at its start, so there is no database to be forgotten,
// to be stale, or of a type that one system has and another has not.

/** With it, Postfix refuses the recipient and does not take mail first that it cannot deliver then. */
export const nothingLeaves = 'error:5.7.1 Nothing leaves this server';

const queueOfATrap = `# A trap that is down for weeks loses nothing.
maximal_queue_lifetime = 30d
queue_run_delay = 60s
minimal_backoff_time = 60s
maximal_backoff_time = 600s
# Nothing can go in circles, and spam has as many hops as its sender likes.
hopcount_limit = 1000
# A stray CR would become a space; the trap takes no line end from it.
cleanup_replace_stray_cr_lf = no

# Notices are thrown away before they are mail (see no-notices in master.cf), and programs of this system send none.
internal_mail_filter_classes = bounce, notify
bounce_queue_lifetime = 0
authorized_submit_users =
`;

export function domainsDelivery(trap: string): string {
  return `# Mail for these domains goes to the trap, whoever the user is. Everything else is refused.
relay_domains = texthash:$config_directory/relay_domains
relay_recipient_maps =
local_recipient_maps =
# A domain does not stand for those below it.
parent_domain_matches_subdomains =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =

# Nothing can leave: the trap is the only place that mail can go to, and master.cf has no SMTP client.
transport_maps = texthash:$config_directory/transport
relay_transport = ${trap}
default_transport = ${nothingLeaves}
local_transport = ${nothingLeaves}
virtual_transport = ${nothingLeaves}
relayhost =

${queueOfATrap}`;
}

export function blackHoleDelivery(trap: string): string {
  return `# Mail for every domain goes to the trap, whoever the user is. Forms of addresses with which relays are tested too.
relay_domains = static:ALL
relay_recipient_maps =
local_recipient_maps =
allow_untrusted_routing = yes
resolve_numeric_domain = yes
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =

# Nothing can leave: the trap is the only place that mail can go to, and master.cf has no SMTP client.
transport_maps = texthash:$config_directory/transport
relay_transport = ${trap}
default_transport = ${trap}
local_transport = ${trap}
virtual_transport = ${trap}
relayhost =

${queueOfATrap}`;
}

export function mailServerDelivery(mailboxes: string): string {
  return `# Mail for these domains goes to the mailboxes, and to those alone that are there.
virtual_mailbox_domains = texthash:$config_directory/domains
virtual_mailbox_maps = texthash:$config_directory/mailboxes
# The mailboxes come in here as aliases of themselves: otherwise @domain, which takes what is left, would take theirs.
virtual_alias_domains =
virtual_alias_maps = texthash:$config_directory/virtual_aliases, texthash:$config_directory/mailboxes
virtual_transport = ${mailboxes}
local_recipient_maps =
relay_domains =
relay_recipient_maps =
parent_domain_matches_subdomains =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =

# Users log in at the submission ports only, and send under their own addresses.
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_auth_enable = no
smtpd_sasl_security_options = noanonymous
smtpd_sasl_tls_security_options = noanonymous
smtpd_sender_login_maps = texthash:$config_directory/mailboxes, texthash:$config_directory/sender_logins

# Nothing leaves by itself; notices to strangers, whom somebody else's mail may name, never do.
transport_maps =
relay_transport = ${nothingLeaves}
default_transport = ${nothingLeaves}
local_transport = ${nothingLeaves}
`;
}
