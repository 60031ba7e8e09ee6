import { Args, Command } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';
import { mailboxesMeant, mailboxFlags } from '../../mailbox-flags.ts';

export default class MailboxesTest extends Command {
  static override summary = 'Log in to every trap mailbox, step by step, and say in words what is wrong.';

  static override description =
    'Name, connection, TLS, login, whether the server tells of new mail, folders, and whether it can do what is to be ' +
    'done with collected messages. Nothing is changed on the server. The exit code is 0 when all work, 3 when some do, ' +
    '1 when none does.';

  static override strict = false;

  static override args = { mailbox: Args.string({ description: 'Only these. [default: all]' }) };

  static override flags = { ...mailboxFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(MailboxesTest);
    const { mailboxes } = await mailboxesMeant(flags, argv.map(String));
    const { examineMailboxes } = await import('../../lib/assembly/collect/examine-mailboxes.ts');
    process.exitCode = await examineMailboxes(mailboxes, flags.json ? { json: 'mailbox' } : 'steps');
  }
}
