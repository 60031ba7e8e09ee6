import { join } from 'node:path';
import type { Dialect } from './dialect.ts';
import { ofPostfix } from './section-authentication.ts';
import { block, setting, type Section } from './settings.ts';
import type { MailServer, Site } from './site.ts';

/** Runs before what users have written themselves. */
export const sieveFile = 'before.sieve';

/** How mail comes in; nobody delivers into the maildir of a sensor. */
export function delivery(site: Site, dialect: Dialect): Section[] {
  if (site.mode !== 'mailserver') return [];
  return [
    { file: '20-lmtp', title: 'Delivery', entries: lmtp(site, dialect) },
    {
      file: '90-sieve',
      title: 'What is filed where',
      entries: dialect.sieve(join(site.place.folder, sieveFile), 'Files spam and details for everybody.'),
    },
  ];
}

function lmtp({ place, postfixQueue, postmaster }: MailServer, dialect: Dialect) {
  const socket = join(postfixQueue, 'private', 'dovecot-lmtp');
  return [
    setting('postmaster_address', postmaster, 'The sender of what Dovecot itself has to say.'),
    setting('recipient_delimiter', '+', 'What is behind it in an address names a folder.'),
    setting('lda_mailbox_autocreate', 'yes', 'Folders are made when mail for them comes.'),
    setting('lda_mailbox_autosubscribe', 'yes', 'And mail programs show them.'),
    block('service lmtp', block(`unix_listener ${socket}`, ...ofPostfix(place, 'Postfix delivers here.'))),
    block('protocol lmtp', dialect.plugins(['sieve'], 'Mail is filed as it is delivered.')),
  ];
}

export const sieveScript = `# Made by "spamtrap setup-dovecot", which replaces this file when it is called again. After a change: sievec FILE.
require ["fileinto", "mailbox", "envelope", "subaddress", "variables", "regex"];

# What a filter has marked goes to Junk.
if anyof (header :contains "X-Spam-Flag" "YES", header :contains "X-Spam" "Yes") {
  fileinto :create "Junk";
  stop;
}

# adam+work@example.org goes to the folder Work. Only plain names: whoever writes an address must not choose a path.
if envelope :matches :detail "to" "*" {
  set :lower :upperfirst "folder" "\${1}";
  if string :regex "\${folder}" "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" {
    fileinto :create "\${folder}";
    stop;
  }
}
`;
