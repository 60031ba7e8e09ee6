import { Args, Command } from '@oclif/core';
import { completion } from '../lib/setup/completion.ts';
import { vocabularyOf, type ManifestParts } from '../lib/setup/completion/vocabulary.ts';
import { shells } from '../lib/setup/shell-init.ts';

export default class Completion extends Command {
  static override summary = 'Print what makes a shell complete our commands, flags and their values.';
  static override description =
    'Put the line for your shell into its start-up file. Nothing of this program runs while you type: the printed text ' +
    'knows all there is, so that it has to be printed again with a new version.';
  static override examples = [
    { description: 'bash', command: 'eval "$(<%= config.bin %> completion bash)"' },
    { description: 'zsh', command: 'eval "$(<%= config.bin %> completion zsh)"' },
    { description: 'fish', command: '<%= config.bin %> completion fish | source' },
  ];
  static override args = {
    shell: Args.option({ options: shells, description: 'the shell that will read it', ignoreStdin: true })({
      required: true,
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const commands = Object.fromEntries(this.config.commands.map((command) => [command.id, command]));
    const topics = Object.fromEntries(this.config.topics.map((topic) => [topic.name, topic]));
    // What oclif has of a command is what stands in the manifest.
    const vocabulary = vocabularyOf({ commands, topics } as unknown as ManifestParts);
    process.stdout.write(completion(args.shell, vocabulary));
  }
}
