import { Args } from '@oclif/core';
import { MailCommand } from '../../../mail-command.ts';

export default class MailAliasRemove extends MailCommand {
  static override summary = 'Remove an alias, a list or a catch-all from a mail server.';

  static override args = { address: Args.string({ description: 'An address, or @domain.', required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MailAliasRemove);
    const { readAliasName } = await import('../../../lib/setup/mail/read-names.ts');
    const address = readAliasName(args.address);
    const server = await this.serverOf(flags);
    await server.removeAlias(address);
    await this.tellDone(server, { text: `${address} is removed.`, record: { removed: address } }, flags);
  }
}
