import { resolve } from 'node:path';
import { Command, Flags } from '@oclif/core';
import { jsonFlag } from '../flags.ts';
import type { DovecotPlan } from '../lib/setup/dovecot/plan-dovecot.ts';
import { exitCodes } from '../lib/errors.ts';
import { carryOut, prepare, tellRecords, tellWritten, words } from '../setup-flow.ts';

function variable(flag: string): string {
  return `SPAMTRAP_DOVECOT_${flag.toUpperCase().replaceAll('-', '_')}`;
}

const text = (flag: string, helpValue: string, description: string) =>
  Flags.string({ description, helpValue, env: variable(flag) });
const choice = (flag: string, options: string[], description: string) =>
  Flags.string({ description, options, env: variable(flag) });

export default class SetupDovecot extends Command {
  static override summary =
    'Make a Dovecot configuration: to look into a sensor’s maildir, or for mailboxes of people.';

  static override description =
    'Without --apply nothing is written: each file is compared with what is in the folder and the differences are ' +
    'shown. In a folder of its own Dovecot is an instance of its own, which touches nothing outside; in the folder of ' +
    'the system it is the system’s. Dovecot itself is asked before anything changes.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --mode monitor --maildir ~/.local/state/spamtrap/serve/maildir --imap-port 1143 --apply',
    '<%= config.bin %> <%= command.id %> --mode mailbox --auth pam --cert cert.pem --key key.pem --out /etc/dovecot --apply',
    '<%= config.bin %> <%= command.id %> --mode mailserver --user adam@example.org --uid 5000 --self-signed --explain',
  ];

  static override flags = {
    mode: Flags.string({
      description:
        'What to make: a look into a sensor’s maildir, mailboxes for people, or what is behind a Postfix. On a terminal ' +
        'it is asked for, with what belongs to it.',
      options: ['monitor', 'mailbox', 'mailserver'],
      env: variable('mode'),
    }),
    maildir: text('maildir', '<folder>', 'With monitor: the maildir of the sensor.'),
    user: text('user', '<name>', 'Who may log in first. [default: spamtrap with monitor, otherwise nobody]'),
    'password-file': text('password-file', '<file>', 'File that holds the password, and only that.'),
    'password-stdin': Flags.boolean({
      description: 'Read the password from standard input. Without either one is made, and shown once.',
      exclusive: ['password-file'],
      env: variable('password-stdin'),
    }),
    uid: text('uid', '<number>', 'As whom mail is read. [default: whose the maildir is]'),
    gid: text('gid', '<number>', 'With which group. [default: that of the maildir]'),
    listen: Flags.string({
      description: 'Addresses to listen on, or "all". [default: 127.0.0.1 with monitor, otherwise all]',
      helpValue: '<addresses>',
      env: variable('listen'),
      multiple: true,
    }),
    'imap-port': text('imap-port', '<port|off>', 'Port for IMAP, with STARTTLS where there is TLS. [default: 143]'),
    'imaps-port': text(
      'imaps-port',
      '<port|off>',
      'Port for IMAP with TLS from the first byte. [default: 993 with TLS]',
    ),
    'pop3-port': text('pop3-port', '<port|off>', 'Port for POP3. [default: 110 with mailbox, otherwise off]'),
    'pop3s-port': text(
      'pop3s-port',
      '<port|off>',
      'Port for POP3 with TLS from the first byte. [default: 995 with mailbox and TLS, otherwise off]',
    ),
    cert: text('cert', '<file>', 'Certificate, with those that vouch for it after it, in PEM form.'),
    key: text('key', '<file>', 'Private key of the certificate, in PEM form.'),
    'self-signed': Flags.boolean({
      description: 'Make a key and a certificate that vouches for itself, once.',
      env: variable('self-signed'),
    }),
    'no-tls': Flags.boolean({
      description: 'Offer no TLS; with monitor on loopback this is the default.',
      env: variable('no-tls'),
    }),
    store: choice('store', ['maildir', 'mbox'], 'With mailbox: how mail is stored below ~/mail. [default: maildir]'),
    auth: choice(
      'auth',
      ['passwd-file', 'pam', 'sqlite', 'mysql', 'pgsql'],
      'With mailbox: where users and passwords are. [default: passwd-file]',
    ),
    'sql-host': text('sql-host', '<host[:port]>', 'Where the database is. [default: localhost]'),
    'sql-user': text('sql-user', '<name>', 'As whom to ask the database. [default: dovecot]'),
    'sql-password-file': text('sql-password-file', '<file>', 'File that holds its password, and only that.'),
    'sql-database': text('sql-database', '<name>', 'Which database. [default: mail]'),
    home: text('home', '<folder>', 'With mailbox or mailserver: below which users have their folders.'),
    'postfix-queue': text(
      'postfix-queue',
      '<folder>',
      'With mailserver: the queue directory of Postfix, in which it looks for sockets. [default: /var/spool/postfix]',
    ),
    postmaster: text(
      'postmaster',
      '<address>',
      'With mailserver: the sender of Dovecot’s own messages. [default: postmaster at the domain of --user]',
    ),
    quota: text('quota', '<size>', 'With mailserver: what each user may keep. [default: no limit]'),
    compress: Flags.boolean({ description: 'With mailserver: store new mail compressed.', env: variable('compress') }),
    'dovecot-version': choice(
      'dovecot-version',
      ['2.3', '2.4'],
      'Whose language to write. [default: that of the Dovecot of this machine, otherwise 2.3]',
    ),
    layout: choice('layout', ['single', 'split'], 'One file, or a file for each subject in conf.d. [default: single]'),
    prefix: choice('prefix', ['debian', 'freebsd'], 'System whose paths and commands to use. [default: this one]'),
    out: Flags.string({
      description: 'Folder for the files.',
      helpValue: '<folder>',
      env: variable('out'),
      default: './dovecot',
    }),
    explain: Flags.boolean({ description: 'Say for each setting why it is there, and write nothing.' }),
    apply: Flags.boolean({ description: 'Write the files.', env: variable('apply') }),
    verify: Flags.boolean({
      description:
        'After writing, try it from outside; a Dovecot of its own is started for that. [default: so, but for the system’s]',
      allowNo: true,
      env: variable('verify'),
    }),
    yes: Flags.boolean({ description: 'With --apply, on a terminal: do not ask first.', env: 'SPAMTRAP_YES' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(SetupDovecot);
    const { planDovecot } = await import('../lib/setup/dovecot/plan-dovecot.ts');
    const { refuseMissingQueue } = await import('../lib/setup/dovecot/postfix-queue.ts');
    const { givenPassword } = await import('../lib/setup/given-password.ts');
    const folder = resolve(flags.out);
    const now = new Date();
    const password = givenPassword({ file: flags['password-file'], stdin: flags['password-stdin'] });
    const answers = flags.mode === undefined ? await this.#askWhatIsMeant(flags.yes) : {};
    if (answers === undefined) {
      process.exitCode = exitCodes.interrupted;
      return;
    }
    const { mode = '', ...meant } = { ...flags, ...answers };
    const plan = await planDovecot({ ...meant, mode, listen: words(flags.listen) }, folder, { password, now });
    if (flags.explain) return this.#explain(plan, flags.json);
    if (flags.apply) refuseMissingQueue(plan.site);
    const proposal = { folder, files: plan.files, checks: plan.checks, now };
    const say = (line: string) => this.log(line);
    const installed = await carryOut(proposal, flags, say);
    if (installed === undefined) return;
    const made = installed.length > 0 ? plan.made : undefined;
    if (flags.json) {
      if (flags.apply) await prepare(plan.commands.prepare, () => undefined);
      const { start, reload, further } = plan.commands;
      const rest = { mode, dovecot: plan.site.dialect, start, reload, further, ...(made && { made }) };
      await tellRecords(proposal, flags.apply ? installed : undefined, rest, say);
    } else {
      await tellWritten(proposal, installed, say);
      if (flags.apply) await prepare(plan.commands.prepare, say);
      this.#tellWhatNext(plan);
      if (made) this.#tellPassword(made);
    }
    if (flags.apply && (flags.verify ?? (installed.length > 0 && plan.site.place.is === 'own'))) {
      await this.#verify(plan, flags.json);
    }
  }

  /** Nothing when the operator left, and no answers where nobody can be asked: what is missing is said then. */
  async #askWhatIsMeant(yes: boolean): Promise<Partial<Record<string, string>> | undefined> {
    if (yes || !process.stdin.isTTY || !process.stdout.isTTY) return {};
    const { ask } = await import('../tui/ask.tsx');
    const { questionsFor, whichMode } = await import('../lib/setup/dovecot/questions.ts');
    const first = await ask([whichMode]);
    if (first?.mode === undefined) return undefined;
    const more = await ask(questionsFor(first.mode));
    return more && { ...first, ...more };
  }

  #tellWhatNext({ commands: { start, reload, further } }: DovecotPlan): void {
    for (const command of further) this.log(`\nOnce: ${command}`);
    this.log(`\nStart: ${start}\nAfter changes: ${reload}`);
  }

  #tellPassword({ user, password }: { readonly user: string; readonly password: string }): void {
    this.log(`\n${user} logs in with ${password}\nIt is not shown again, and only a hash of it is kept.`);
  }

  async #verify({ site, login }: DovecotPlan, json: boolean): Promise<void> {
    const { verifyDovecot } = await import('../lib/assembly/verify/verify-dovecot.ts');
    if (!json) this.log('');
    process.exitCode = await verifyDovecot(site, login, json ? { json: 'server' } : 'steps');
  }

  async #explain({ site }: DovecotPlan, json: boolean): Promise<void> {
    const { explain } = await import('../lib/setup/dovecot/explain.ts');
    for (const explanation of explain(site)) {
      const { setting, value, why } = explanation;
      this.log(json ? JSON.stringify(explanation) : `${setting} = ${value}\n  ${why}`);
    }
  }
}
