import { resolve } from 'node:path';
import { Command, Flags } from '@oclif/core';
import { jsonFlag } from '../flags.ts';
import type { MailServerPlan } from '../lib/setup/mailserver/plan-mailserver.ts';
import { carryOut, prepare, tellRecords, tellWritten, words } from '../setup-flow.ts';

function variable(flag: string): string {
  return `SPAMTRAP_MAILSERVER_${flag.toUpperCase().replaceAll('-', '_')}`;
}

const text = (flag: string, helpValue: string, description: string) =>
  Flags.string({ description, helpValue, env: variable(flag) });
const list = (flag: string, helpValue: string, description: string) =>
  Flags.string({ description, helpValue, env: variable(flag), multiple: true });

export default class SetupMailserver extends Command {
  static override summary =
    'Make a mail server for people: a Postfix and a Dovecot that know each other, in one folder.';

  static override description =
    'Both are instances of their own, which touch nothing outside the folder; setup-postfix and setup-dovecot make the ' +
    'same for the folders of the system. Without --apply nothing is written. With it both are written, started for a ' +
    'moment, and tried from outside: mail from elsewhere, to a detail, from a user, and none for strangers.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --user adam@example.org --uid 5000 --self-signed --listen 127.0.0.1 --apply',
  ];

  static override flags = {
    user: Flags.string({
      description: 'The address of the first user.',
      helpValue: '<address>',
      required: true,
      env: variable('user'),
    }),
    'password-file': text('password-file', '<file>', 'File that holds the password, and only that.'),
    'password-stdin': Flags.boolean({
      description: 'Read the password from standard input. Without either one is made, and shown once.',
      exclusive: ['password-file'],
      env: variable('password-stdin'),
    }),
    domains: list('domains', '<domains>', 'Further domains whose mail is taken.'),
    'catch-all': text('catch-all', '<address>', 'The mailbox for mail to all other users.'),
    hostname: text('hostname', '<name>', 'Name of this host. [default: mail. and the domain of --user]'),
    listen: list('listen', '<addresses>', 'Addresses to listen on. [default: all]'),
    port: text('port', '<port>', 'Port for mail from other servers. [default: 25]'),
    'submission-port': text('submission-port', '<port|off>', 'Port with STARTTLS for mail programs. [default: 587]'),
    'submissions-port': text('submissions-port', '<port|off>', 'Port with TLS from the first byte. [default: 465]'),
    'imap-port': text('imap-port', '<port|off>', 'Port for IMAP with STARTTLS. [default: off]'),
    'imaps-port': text('imaps-port', '<port|off>', 'Port for IMAP with TLS from the first byte. [default: 993]'),
    cert: text('cert', '<file>', 'Certificate, with those that vouch for it after it, in PEM form.'),
    key: text('key', '<file>', 'Private key of the certificate, in PEM form.'),
    'self-signed': Flags.boolean({
      description: 'Make keys and certificates that vouch for themselves, once.',
      env: variable('self-signed'),
    }),
    uid: text('uid', '<number>', 'The user of this system to whom all mail belongs.'),
    gid: text('gid', '<number>', 'His group. [default: the same number]'),
    milter: list('milter', '<places>', 'Filters to ask, as HOST:PORT or unix:/PATH; SpamAssassin’s for one.'),
    quota: text('quota', '<size>', 'What each user may keep. [default: no limit]'),
    compress: Flags.boolean({ description: 'Store new mail compressed.', env: variable('compress') }),
    relayhost: text('relayhost', '<host[:port]>', 'Through whom what users send leaves. [default: none]'),
    'relayhost-user': text('relayhost-user', '<name>', 'With whose name to log in at the relay host.'),
    'relayhost-password-file': text(
      'relayhost-password-file',
      '<file>',
      'File that holds its password, and only that.',
    ),
    out: Flags.string({
      description: 'Folder for everything.',
      helpValue: '<folder>',
      env: variable('out'),
      default: './mailserver',
    }),
    apply: Flags.boolean({ description: 'Write the files.', env: variable('apply') }),
    verify: Flags.boolean({
      description: 'After writing, start both and try them from outside.',
      allowNo: true,
      default: true,
      env: variable('verify'),
    }),
    yes: Flags.boolean({ description: 'With --apply, on a terminal: do not ask first.', env: 'SPAMTRAP_YES' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(SetupMailserver);
    const { planMailServer } = await import('../lib/setup/mailserver/plan-mailserver.ts');
    const { givenPassword } = await import('../lib/setup/given-password.ts');
    const folder = resolve(flags.out);
    const now = new Date();
    const password = givenPassword({ file: flags['password-file'], stdin: flags['password-stdin'] });
    const lists = { domains: words(flags.domains), listen: words(flags.listen), milter: words(flags.milter) };
    const plan = await planMailServer({ ...flags, ...lists }, folder, { password, now });
    const { postfix, dovecot } = plan;
    const proposal = {
      folder,
      files: [...postfix.files, ...dovecot.files],
      checks: [...postfix.checks, ...dovecot.checks],
      now,
    };
    const say = (line: string) => this.log(line);
    const quiet = () => undefined;
    const installed = await carryOut(proposal, flags, say);
    if (installed === undefined) return;
    if (!flags.json) await tellWritten(proposal, installed, say);
    if (flags.apply) await prepare([...postfix.prepare, ...dovecot.commands.prepare], flags.json ? quiet : say);
    const made = installed.length > 0 ? dovecot.made : undefined;
    const start = [postfix.restart, dovecot.commands.start];
    if (flags.json)
      await tellRecords(proposal, flags.apply ? installed : undefined, { start, ...(made && { made }) }, say);
    else this.#tellWhatNext(plan, made);
    if (flags.apply && flags.verify) await this.#verify(plan, flags.json);
  }

  #tellWhatNext({ postfix, dovecot }: MailServerPlan, made: MailServerPlan['dovecot']['made']): void {
    this.log(`\nStart: ${postfix.restart}\n       ${dovecot.commands.start}`);
    this.log(`After changes: ${postfix.reload}; ${dovecot.commands.reload}`);
    if (made)
      this.log(`\n${made.user} logs in with ${made.password}\nIt is not shown again, and only a hash of it is kept.`);
  }

  async #verify(plan: MailServerPlan, json: boolean): Promise<void> {
    const { login } = plan.dovecot;
    if (login === undefined)
      return this.log('\nNot tried from outside: users are there already, and no password is known.');
    const { verifyMailServer } = await import('../lib/assembly/verify/verify-mailserver.ts');
    if (!json) this.log('');
    process.exitCode = await verifyMailServer(plan, login, json ? { json: 'server' } : 'steps');
  }
}
