import { isLoopback, urlHost } from '../names.ts';
import type { MailServer, Site } from './site.ts';

export interface TestCommand {
  readonly command: string;
  readonly expect: string;
}

/** With which the operator sees that it works, in the order in which to try. */
export function testCommands(site: Site): TestCommand[] {
  const server = (port: number) => `--server ${serverAddress(site)}:${port}`;
  const tls = site.tls.is === 'none' ? '' : ' --tls-optional';
  const from = '--from sender@example.com';
  const taken = { expect: '250 for each recipient, and the message arrives' };
  const refused = { expect: '554 Relay access denied' };
  const elsewhere = `swaks ${server(site.ports.smtp)} ${from} --to stranger@elsewhere.example --quit-after RCPT`;
  switch (site.mode) {
    case 'domains':
      return [
        {
          command: `swaks ${server(site.ports.smtp)}${tls} ${from} --to anybody@${site.domains[0]},another@${site.domains[0]}`,
          ...taken,
        },
        { command: elsewhere, ...refused },
      ];
    case 'blackhole':
      return [
        {
          command: `swaks ${server(site.ports.smtp)}${tls} ${from} --to anybody@example.net,another@example.org`,
          ...taken,
        },
      ];
    case 'mailserver': {
      const user = userOf(site);
      return [
        { command: `swaks ${server(site.ports.smtp)}${tls} ${from} --to ${user}`, ...taken },
        { command: elsewhere, ...refused },
        ...submissionTests(site, server, user),
      ];
    }
  }
}

function submissionTests({ ports }: MailServer, server: (port: number) => string, user: string): TestCommand[] {
  const mail = `--auth-user ${user} --from ${user} --to ${user}`;
  const expect = 'it asks for the password; 235, then 250';
  return [
    ...(ports.submission === 'off' ? [] : [{ command: `swaks ${server(ports.submission)} --tls ${mail}`, expect }]),
    ...(ports.submissions === 'off'
      ? []
      : [{ command: `swaks ${server(ports.submissions)} --tls-on-connect ${mail}`, expect }]),
  ];
}

function userOf({ mailboxes, domains }: MailServer): string {
  return mailboxes[0] ?? `adam@${domains[0]}`;
}

function serverAddress({ listen, hostname }: Site): string {
  const [first = 'all'] = listen;
  if (first === 'all') return hostname;
  return isLoopback(first) || listen.length === 1 ? urlHost(first) : hostname;
}
