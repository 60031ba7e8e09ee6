import { Args } from '@oclif/core';
import { MailCommand } from '../../../mail-command.ts';

export default class MailDomainRemove extends MailCommand {
  static override summary = 'Have a mail server take no mail for a domain any more.';

  static override args = { domain: Args.string({ description: 'The domain.', required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MailDomainRemove);
    const { readDomain } = await import('../../../lib/setup/mail/read-names.ts');
    const domain = readDomain(args.domain);
    const server = await this.serverOf(flags);
    await server.removeDomain(domain);
    await this.tellDone(server, { text: `Mail for ${domain} is taken no more.`, record: { removed: domain } }, flags);
  }
}
