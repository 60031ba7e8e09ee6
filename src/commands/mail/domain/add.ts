import { Args } from '@oclif/core';
import { MailCommand } from '../../../mail-command.ts';

export default class MailDomainAdd extends MailCommand {
  static override summary = 'Have a mail server take mail for a domain.';

  static override args = { domain: Args.string({ description: 'The domain.', required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MailDomainAdd);
    const { readDomain } = await import('../../../lib/setup/mail/read-names.ts');
    const domain = readDomain(args.domain);
    const server = await this.serverOf(flags);
    await server.addDomain(domain);
    await this.tellDone(server, { text: `Mail for ${domain} is taken.`, record: { added: domain } }, flags);
  }
}
