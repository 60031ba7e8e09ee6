import { MailCommand } from '../../../mail-command.ts';

export default class MailUserList extends MailCommand {
  static override summary = 'List the users of a mail server.';

  async run(): Promise<void> {
    const { flags } = await this.parse(MailUserList);
    const { printable } = await import('../../../lib/text/printable.ts');
    for (const user of (await this.serverOf(flags)).users()) {
      if (flags.json) this.log(JSON.stringify(user));
      else
        this.log(
          `${printable(user.name)}  ${printable(user.scheme)}${user.mailbox === false ? '  (Postfix takes no mail for it)' : ''}`,
        );
    }
  }
}
