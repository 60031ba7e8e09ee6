import { Command } from '@oclif/core';
import { passwordFlags } from '../../mail-command.ts';

export default class MailHash extends Command {
  static override summary = 'Print the hash of a password, for a table or a file of users.';

  static override flags = passwordFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(MailHash);
    const { givenPassword } = await import('../../lib/setup/given-password.ts');
    const { hashPassword } = await import('../../lib/setup/mail/hash-password.ts');
    const { wrongFlag } = await import('../../lib/setup/wrong-flag.ts');
    const password =
      givenPassword({ file: flags['password-file'], stdin: flags['password-stdin'] }) ??
      wrongFlag('--password-stdin', 'no password is given.', 'Give --password-stdin or --password-file.');
    this.log(await hashPassword(password));
  }
}
