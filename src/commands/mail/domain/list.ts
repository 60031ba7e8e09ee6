import { MailCommand } from '../../../mail-command.ts';

export default class MailDomainList extends MailCommand {
  static override summary = 'List the domains for which a mail server takes mail.';

  async run(): Promise<void> {
    const { flags } = await this.parse(MailDomainList);
    const { printable } = await import('../../../lib/text/printable.ts');
    for (const domain of (await this.serverOf(flags)).domains()) {
      this.log(flags.json ? JSON.stringify({ domain }) : printable(domain));
    }
  }
}
