import { Args, Command } from '@oclif/core';
import { shownPersona } from '../../lib/assembly/personas.ts';

export default class PersonaShow extends Command {
  static override summary = 'Print a persona that comes with the program, as a file to change.';
  static override examples = ['<%= config.bin %> <%= command.id %> postfix > mine.yml'];
  static override args = {
    name: Args.string({ description: 'postfix, exim, or the file of a persona', required: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(PersonaShow);
    process.stdout.write(shownPersona(args.name));
  }
}
