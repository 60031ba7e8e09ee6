import { Args, Command } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';
import { mailboxesMeant, mailboxFlags } from '../../mailbox-flags.ts';

export default class MailboxesStatus extends Command {
  static override summary =
    'Show how each trap mailbox stands: what is collected, last mail, next attempt, last fault.';

  static override strict = false;

  static override args = { mailbox: Args.string({ description: 'Only these. [default: all]' }) };

  static override flags = { ...mailboxFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(MailboxesStatus);
    const { mailboxes, dataDir } = await mailboxesMeant(flags, argv.map(String));
    const { mailboxStatus, statusText } = await import('../../lib/assembly/collect/mailbox-status.ts');
    const now = Date.now();
    for (const status of mailboxStatus(mailboxes, dataDir, now)) {
      this.log(flags.json ? JSON.stringify(status) : statusText(status, now));
    }
  }
}
