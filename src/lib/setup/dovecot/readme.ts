import { shownCommand } from '../run-commands.ts';
import { commandsFor } from './commands.ts';
import { sieveFile } from './section-delivery.ts';
import { userFile } from './section-authentication.ts';
import type { Mode, Port, Site } from './site.ts';

const purposes: Readonly<Record<Mode, string>> = {
  monitor: 'Shows the maildir of a sensor to mail programs.',
  mailbox: 'Mailboxes for people, by IMAP and POP3.',
  mailserver: 'The mailboxes behind a Postfix: it delivers here, and asks here for passwords.',
};

export function readme(site: Site): string {
  const { prepare, further, start, reload } = commandsFor(site);
  const once = [site.system.install, ...prepare.map(shownCommand), ...further].map((command) => `\`${command}\``);
  const steps = [...once, `\`${start}\`; after changes \`${reload}\``];
  return `# Dovecot ${site.dialect}, as \`spamtrap setup-dovecot --mode ${site.mode}\` makes it

${purposes[site.mode]}

| | |
| --- | --- |
| listens on | ${site.listen.join(', ')}; ${portsText(site)} |
| TLS | ${tlsText(site)} |
| mail | ${mailText(site)} |

${steps.map((step, index) => `${index + 1}. ${step}\n`).join('')}
${userText(site)}
`;
}

function portsText({ ports }: Site): string {
  const named: readonly [string, Port][] = Object.entries(ports);
  return named
    .filter(([, port]) => port !== 'off')
    .map(([name, port]) => `${name.toUpperCase()} ${port}`)
    .join(', ');
}

function tlsText({ tls }: Site): string {
  switch (tls.is) {
    case 'none':
      return 'none';
    case 'self-signed':
      return 'a certificate that vouches for itself, in `tls.pem`';
    case 'files':
      return `\`${tls.cert}\``;
  }
}

function mailText(site: Site): string {
  switch (site.mode) {
    case 'monitor':
      return `\`${site.maildir}\`, read as user ${site.owner.uid}`;
    case 'mailbox':
      return `\`${site.store.path}\` (${site.store.kind}) of each user`;
    case 'mailserver':
      return `below \`${site.home}\`, a folder for each domain and in it one for each user; spam is filed by \`${sieveFile}\``;
  }
}

function userText(site: Site): string {
  if (site.mode === 'mailbox' && site.source.kind === 'pam') return 'Users are those of the system.';
  if (site.mode === 'mailbox' && site.source.kind === 'sql') {
    return 'Users are rows of the table in `users.sql`; passwords are hashes.';
  }
  return `Users are lines of \`${userFile}\`; \`spamtrap mail user\` adds, removes and lists them.`;
}
