import { Args } from '@oclif/core';
import { MailCommand } from '../../../mail-command.ts';

export default class MailUserRemove extends MailCommand {
  static override summary = 'Remove a user from a mail server. Its mail stays where it is.';

  static override args = { user: Args.string({ description: 'The address of the user.', required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MailUserRemove);
    const { readUserName } = await import('../../../lib/setup/mail/read-names.ts');
    const user = readUserName(args.user);
    const server = await this.serverOf(flags);
    await server.removeUser(user);
    await this.tellDone(server, { text: `${user} is removed. Its mail stays.`, record: { removed: user } }, flags);
  }
}
