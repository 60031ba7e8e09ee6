import { resolve } from 'node:path';
import { Command, Flags } from '@oclif/core';
import { jsonFlag } from '../flags.ts';
import type { PostfixPlan } from '../lib/setup/postfix/plan-postfix.ts';
import { carryOut, prepare, tellRecords, tellWritten, words } from '../setup-flow.ts';

const text = (flag: string, helpValue: string, description: string) =>
  Flags.string({ description, helpValue, env: variable(flag) });
const list = (flag: string, helpValue: string, description: string) =>
  Flags.string({ description, helpValue, env: variable(flag), multiple: true });

function variable(flag: string): string {
  return `SPAMTRAP_POSTFIX_${flag.toUpperCase().replaceAll('-', '_')}`;
}

export default class SetupPostfix extends Command {
  static override summary = 'Make a Postfix configuration: a trap for domains, a black hole, or a mail server.';

  static override description =
    'Without --apply nothing is written: each file is compared with what is in the folder and the differences are ' +
    'shown. With it, files that change are backed up and replaced, files that are yours to edit are left alone, and ' +
    'Postfix itself is asked before anything changes.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --mode domains --domains example.org,example.net',
    '<%= config.bin %> <%= command.id %> --mode blackhole --hostname mail.example.org --out /etc/postfix --apply',
    '<%= config.bin %> <%= command.id %> --mode mailserver --domains example.org --mailbox adam@example.org --cert cert.pem --key key.pem',
  ];

  static override flags = {
    mode: Flags.string({
      description:
        'What to make: all mail for some domains to the trap, all mail for every domain, or mailboxes for people.',
      options: ['domains', 'blackhole', 'mailserver'],
      required: true,
      env: variable('mode'),
    }),
    domains: list('domains', '<domains>', 'Domains whose mail is taken; with commas between, or given repeatedly.'),
    lmtp: text(
      'lmtp',
      '<place>',
      'Where mail goes: HOST:PORT, [IPV6]:PORT or unix:PATH. [default: 127.0.0.1:6024; with mailserver Dovecot’s socket]',
    ),
    hostname: text('hostname', '<name>', 'Name of this host. [default: mail. and the first domain]'),
    listen: list('listen', '<addresses>', 'Addresses to listen on, or all of this machine. [default: all]'),
    port: Flags.string({
      description: 'Port for mail from other servers.',
      helpValue: '<port>',
      env: variable('port'),
      default: '25',
    }),
    'submission-port': text(
      'submission-port',
      '<port|off>',
      'Port with STARTTLS for mail programs. [default: 587 with mailserver, otherwise off]',
    ),
    'submissions-port': text(
      'submissions-port',
      '<port|off>',
      'Port with TLS from the first byte. [default: 465 with mailserver, otherwise off]',
    ),
    cert: text('cert', '<file>', 'Certificate, with those that vouch for it after it, in PEM form.'),
    key: text('key', '<file>', 'Private key of the certificate, in PEM form.'),
    'self-signed': Flags.boolean({
      description: 'Make a key and a certificate that vouches for itself, once; for traps this is the default.',
      env: variable('self-signed'),
    }),
    'no-tls': Flags.boolean({ description: 'Offer no TLS.', env: variable('no-tls') }),
    'message-size': Flags.string({
      description: 'Largest message. What mail is delivered to must take as much.',
      helpValue: '<size>',
      env: variable('message-size'),
      default: '50 MiB',
    }),
    mailbox: list('mailbox', '<addresses>', 'With mailserver: mailboxes to begin with.'),
    'catch-all': text('catch-all', '<address>', 'With mailserver: the mailbox for mail to all other users.'),
    milter: list('milter', '<places>', 'With mailserver: filters to ask, as HOST:PORT or unix:/PATH. [default: none]'),
    relayhost: text(
      'relayhost',
      '<host[:port]>',
      'With mailserver: through whom what users send leaves. [default: none]',
    ),
    'relayhost-user': text('relayhost-user', '<name>', 'With whose name to log in at the relay host.'),
    'relayhost-password-file': text(
      'relayhost-password-file',
      '<file>',
      'File that holds the password, and only that.',
    ),
    maillog: text('maillog', '<file>', 'Where Postfix logs: a file below /var, or /dev/stdout. [default: syslog]'),
    prefix: Flags.string({
      description: 'System whose paths and commands to use. [default: this one]',
      options: ['debian', 'freebsd'],
      env: variable('prefix'),
    }),
    out: Flags.string({
      description: 'Folder for the files; Postfix’s own only when you name it.',
      helpValue: '<folder>',
      env: variable('out'),
      default: './postfix',
    }),
    standalone: Flags.boolean({
      description: 'Queue, data and log below the folder too: an instance of its own, which touches nothing outside.',
      env: variable('standalone'),
    }),
    apply: Flags.boolean({ description: 'Write the files.', env: variable('apply') }),
    yes: Flags.boolean({ description: 'With --apply, on a terminal: do not ask first.', env: 'SPAMTRAP_YES' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(SetupPostfix);
    const { planPostfix } = await import('../lib/setup/postfix/plan-postfix.ts');
    const folder = resolve(flags.out);
    const lists = {
      domains: words(flags.domains),
      listen: words(flags.listen),
      mailbox: words(flags.mailbox),
      milter: words(flags.milter),
    };
    const now = new Date();
    const plan = await planPostfix({ ...flags, ...lists }, folder, now);
    const proposal = { folder, files: plan.files, checks: plan.checks, now };
    const say = (line: string) => this.log(line);
    const installed = await carryOut(proposal, flags, say);
    if (installed === undefined) return;
    if (flags.json) {
      const { reload, restart, tests } = plan;
      await tellRecords(
        proposal,
        flags.apply ? installed : undefined,
        { mode: flags.mode, reload, restart, tests },
        say,
      );
      return;
    }
    await tellWritten(proposal, installed, say);
    if (flags.apply) await prepare(plan.prepare, say);
    this.#tellWhatNext(plan, folder);
  }

  #tellWhatNext(plan: PostfixPlan, folder: string): void {
    this.log(
      folder === plan.home
        ? `\nTell Postfix: ${plan.reload}\nWhere addresses or ports have changed: ${plan.restart}`
        : `\nPostfix reads ${plan.home}: --out ${plan.home} --apply puts this there. Then: ${plan.reload}`,
    );
    this.log('\nTry it:');
    for (const { command, expect } of plan.tests) this.log(`  ${command}\n    → ${expect}`);
  }
}
