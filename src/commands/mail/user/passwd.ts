import { Args } from '@oclif/core';
import { MailCommand, passwordFlags } from '../../../mail-command.ts';

export default class MailUserPasswd extends MailCommand {
  static override summary = 'Give a user of a mail server another password. Only a hash of it is kept.';

  static override args = { user: Args.string({ description: 'The address of the user.', required: true }) };

  static override flags = passwordFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MailUserPasswd);
    const { readUserName } = await import('../../../lib/setup/mail/read-names.ts');
    const user = readUserName(args.user);
    const server = await this.serverOf(flags);
    const { hash, made } = await this.passwordFrom(flags);
    await server.setPassword(user, hash);
    if (flags.json) this.log(JSON.stringify({ changed: user, ...(made !== undefined && { password: made }) }));
    else this.log(made === undefined ? `${user} has another password.` : `${user} logs in with ${made}`);
  }
}
