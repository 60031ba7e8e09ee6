import { Args, Command } from '@oclif/core';
import { shellInit, shells } from '../lib/setup/shell-init.ts';

export default class ShellInit extends Command {
  static override summary = 'Print what makes "trap serve" work in a shell.';
  static override description =
    'trap is a builtin of every shell, so the name alone never reaches this program. Put the line for your shell into ' +
    'its start-up file (.bashrc, .zshrc, config.fish). From then on our commands may follow "trap"; everything else ' +
    'is left to the shell. The printed text says at its top where that has limits.';
  static override examples = [
    { description: 'bash', command: 'eval "$(<%= config.bin %> shell-init bash)"' },
    { description: 'zsh', command: 'eval "$(<%= config.bin %> shell-init zsh)"' },
    { description: 'fish', command: '<%= config.bin %> shell-init fish | source' },
  ];
  static override args = {
    shell: Args.option({ options: shells, description: 'the shell that will read it', ignoreStdin: true })({
      required: true,
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(ShellInit);
    const ids = [...this.config.commandIDs, ...this.config.topics.map((topic) => topic.name)];
    process.stdout.write(
      shellInit(
        args.shell,
        ids.map((id) => id.replace(/:.*/s, '')),
      ),
    );
  }
}
