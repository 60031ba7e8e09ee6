import { Command, Flags } from '@oclif/core';
import { jsonFlag } from './flags.ts';
import type { MailServer } from './lib/setup/mail/mail-server.ts';

function variable(flag: string): string {
  return `SPAMTRAP_MAIL_${flag.toUpperCase().replaceAll('-', '_')}`;
}

const folder = (flag: string, description: string) =>
  Flags.string({ description, helpValue: '<folder>', env: variable(flag) });

/** For commands that set a password. */
export const passwordFlags = {
  'password-file': Flags.string({
    description: 'File that holds the password, and only that.',
    helpValue: '<file>',
    env: variable('password-file'),
  }),
  'password-stdin': Flags.boolean({
    description: 'Read the password from standard input. Without either one is made, and shown once.',
    exclusive: ['password-file'],
    env: variable('password-stdin'),
  }),
};

/** What the commands for users, aliases and domains of a mail server have in common. */
export abstract class MailCommand extends Command {
  static override baseFlags = {
    dir: folder(
      'dir',
      'Folder that setup-mailserver or setup-dovecot has made. [default: ./mailserver, or the system’s]',
    ),
    postfix: folder('postfix', 'Folder of the configuration of Postfix.'),
    dovecot: folder('dovecot', 'Folder of the configuration of Dovecot.'),
    reload: Flags.boolean({ description: 'Tell Postfix to read its maps again.', env: variable('reload') }),
    json: jsonFlag,
  };

  protected async serverOf(given: {
    readonly dir?: string | undefined;
    readonly postfix?: string | undefined;
    readonly dovecot?: string | undefined;
  }): Promise<MailServer> {
    const { findFolders } = await import('./lib/setup/mail/find-folders.ts');
    const { MailServer: Server } = await import('./lib/setup/mail/mail-server.ts');
    return new Server(findFolders({ dir: given.dir, postfix: given.postfix, dovecot: given.dovecot }));
  }

  /** What is said after something was edited. */
  protected async tellDone(
    server: MailServer,
    done: { readonly text: string; readonly record: object },
    { reload, json }: { readonly reload: boolean; readonly json: boolean },
  ): Promise<void> {
    this.log(json ? JSON.stringify(done.record) : done.text);
    const { afterwards } = server;
    if (reload) {
      const { prepare } = await import('./setup-flow.ts');
      await prepare(afterwards, (line) => this.logToStderr(line));
      return;
    }
    const { shownCommand } = await import('./lib/setup/run-commands.ts');
    if (!json) for (const command of afterwards) this.log(`Then: ${shownCommand(command)}`);
  }

  /** The password that is given, or one that is made. */
  protected async passwordFrom(flags: {
    readonly 'password-file'?: string | undefined;
    readonly 'password-stdin': boolean;
  }): Promise<{ readonly hash: string; readonly made: string | undefined }> {
    const { givenPassword } = await import('./lib/setup/given-password.ts');
    const { hashPassword, newPassword } = await import('./lib/setup/mail/hash-password.ts');
    const given = givenPassword({ file: flags['password-file'], stdin: flags['password-stdin'] });
    const password = given ?? newPassword();
    return { hash: await hashPassword(password), made: given === undefined ? password : undefined };
  }
}
