import { Args, Command, Help } from '@oclif/core';

export default class HelpCommand extends Command {
  static override summary = 'Show what spamtrap or one of its commands can do.';
  static override description = 'The same as --help behind the command.';
  static override examples = ['<%= config.bin %> help', '<%= config.bin %> help shell-init'];
  // A command's name may be several words, and oclif has no argument for that.
  static override strict = false;
  static override args = {
    command: Args.string({ description: 'the command, as it is typed', ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const { argv } = await this.parse(HelpCommand);
    await new Help(this.config).showHelp(argv as string[]);
  }
}
