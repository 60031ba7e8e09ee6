import { Args } from '@oclif/core';
import { MailCommand, passwordFlags } from '../../../mail-command.ts';

export default class MailUserAdd extends MailCommand {
  static override summary = 'Add a user to a mail server. Only a hash of the password is kept.';

  static override args = { user: Args.string({ description: 'The address of the user.', required: true }) };

  static override flags = passwordFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MailUserAdd);
    const { readUserName } = await import('../../../lib/setup/mail/read-names.ts');
    const user = readUserName(args.user);
    const server = await this.serverOf(flags);
    const { hash, made } = await this.passwordFrom(flags);
    await server.addUser(user, hash);
    const text = made === undefined ? `${user} is added.` : `${user} is added, and logs in with ${made}`;
    await this.tellDone(
      server,
      { text, record: { added: user, ...(made !== undefined && { password: made }) } },
      flags,
    );
  }
}
