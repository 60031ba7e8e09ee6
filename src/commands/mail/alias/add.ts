import { Args } from '@oclif/core';
import { MailCommand } from '../../../mail-command.ts';

export default class MailAliasAdd extends MailCommand {
  static override summary =
    'Add an alias: who gets the mail for an address, or with @domain for all that nobody takes.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> team@example.org adam@example.org eve@example.org',
    '<%= config.bin %> <%= command.id %> @example.org adam@example.org',
  ];

  static override strict = false;

  static override args = {
    address: Args.string({ description: 'An address, or @domain.', required: true }),
    to: Args.string({ description: 'Who gets its mail; several are a list.', required: true }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(MailAliasAdd);
    const { readAliasName, readTargets } = await import('../../../lib/setup/mail/read-names.ts');
    const [first = '', ...rest] = argv.map(String);
    const address = readAliasName(first);
    const to = readTargets(rest);
    const server = await this.serverOf(flags);
    await server.addAlias(address, to);
    const text = `Mail for ${address} goes to ${to.join(', ')}.`;
    await this.tellDone(server, { text, record: { added: address, to } }, flags);
  }
}
