import { Args, Command, Flags } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';
import { printable } from '../../lib/text/printable.ts';
import { mailboxesMeant, mailboxFlags } from '../../mailbox-flags.ts';

export default class MailboxesRescan extends Command {
  static override summary = 'Let the next run collect again what was collected from a mailbox, and hand it on again.';

  static override description =
    'A collector that runs is asked to. Mailboxes that are shared need one: what others have finished counts as never seen too. ' +
    'With fetch: unseen only what is unread is found again.';

  static override strict = false;

  static override args = { mailbox: Args.string({ description: 'Which mailboxes.', required: true }) };

  static override flags = {
    ...mailboxFlags,
    folder: Flags.string({ description: 'Only this folder.', env: 'SPAMTRAP_MAILBOXES_FOLDER', helpValue: '<name>' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(MailboxesRescan);
    const { mailboxes, dataDir, sharing } = await mailboxesMeant(flags, argv.map(String));
    const { rescan } = await import('../../lib/assembly/collect/rescan.ts');
    for (const forgotten of await rescan(mailboxes, flags.folder, { dataDir, sharing })) {
      if (flags.json) this.log(JSON.stringify(forgotten));
      else this.log(`${printable(forgotten.mailbox)}: ${forgotten.messages} messages count as never seen.`);
    }
  }
}
