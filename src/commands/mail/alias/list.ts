import { MailCommand } from '../../../mail-command.ts';

export default class MailAliasList extends MailCommand {
  static override summary = 'List aliases, lists and catch-alls of a mail server.';

  async run(): Promise<void> {
    const { flags } = await this.parse(MailAliasList);
    const { printable } = await import('../../../lib/text/printable.ts');
    for (const alias of (await this.serverOf(flags)).aliases()) {
      this.log(
        flags.json ? JSON.stringify(alias) : `${printable(alias.address)} → ${alias.to.map(printable).join(', ')}`,
      );
    }
  }
}
