import { shownCommand } from '../run-commands.ts';
import { formatSize } from '../../text/units.ts';
import { commandsFor } from './commands.ts';
import { lmtpTransport } from './lmtp.ts';
import type { Mode, Site } from './site.ts';
import { testCommands } from './test-commands.ts';

const purposes: Readonly<Record<Mode, string>> = {
  domains: 'Takes all mail for the domains in `relay_domains` and hands it to the trap; refuses all other mail.',
  blackhole: 'Takes all mail for whatever domain and hands it to the trap.',
  mailserver: 'A mail server for people: mailboxes behind LMTP, submission with TLS and a password.',
};

const traps = 'Nothing can leave: there is no SMTP client among the services, and no transport that would lead to one.';
const ways: Readonly<Record<Mode, string>> = {
  domains: traps,
  blackhole: traps,
  mailserver: 'Nothing leaves but what users of its domains send, and that only through a relay host, if there is one.',
};

export function readme(site: Site): string {
  return `# Postfix, as \`spamtrap setup-postfix --mode ${site.mode}\` makes it

${purposes[site.mode]} ${ways[site.mode]}

| | |
| --- | --- |
| host name | \`${site.hostname}\` |
| listens on | ${site.listen.join(', ')}; ${portsText(site)} |
| delivers to | \`${lmtpTransport(site.lmtp)}\` |
| largest message | ${formatSize(site.messageSize)}; whoever it delivers to must take as much |

## Put it in place

${placing(site)}4. Set the records in \`DNS.txt\`.
5. Close the ways out: ${firewallText(site)}.

Or in a container: \`docker compose up -d\` in this folder.

## Try it

${testCommands(site)
  .map(({ command, expect }) => `\`\`\`sh\n${command}   # ${expect}\n\`\`\`\n`)
  .join('\n')}
Where mail is: \`mailq\`. What became of it: the mail log, ${logText(site)}.
`;
}

function placing(site: Site): string {
  const { system, instance } = site;
  const { prepare, reload, restart } = commandsFor(site);
  if (instance !== undefined) {
    return `1. \`${system.install}\`
2. ${prepare.map((command) => `\`${shownCommand(command)}\``).join(', ')}
3. \`${restart}\`, and \`${reload}\` after changes. It is an instance of its own: nothing outside this folder is touched.
`;
  }
  return `1. \`${system.install}\`
2. The same \`spamtrap setup-postfix\` with \`--out ${system.configuration} --apply\`. What it replaces is backed up first.
3. \`postfix check\`, then \`${reload}\`; \`${restart}\` where addresses or ports have changed.
`;
}

function portsText({ ports }: Site): string {
  const { smtp, submission, submissions } = ports;
  return [
    `port ${smtp}`,
    ...(submission === 'off' ? [] : [`${submission} (STARTTLS)`]),
    ...(submissions === 'off' ? [] : [`${submissions} (TLS)`]),
  ].join(', ');
}

function firewallText({ system }: Site): string {
  return system.name === 'freebsd'
    ? '`firewall.pf.conf`'
    : '`nft -f firewall.nft`, or `sh firewall.iptables.sh` on systems without nft';
}

function logText({ maillog, system, instance }: Site): string {
  if (maillog === undefined && instance !== undefined) return `\`${instance}/mail.log\``;
  if (maillog !== undefined) return `\`${maillog}\``;
  return system.name === 'freebsd' ? '`/var/log/maillog`' : '`journalctl -u "postfix*"`';
}
