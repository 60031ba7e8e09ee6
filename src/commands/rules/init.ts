import { Command, Flags } from '@oclif/core';
import { writeNewFile } from '../../lib/setup/write-new-file.ts';

export default class RulesInit extends Command {
  static override summary = 'Print the rules that come with the program, as a file to change.';

  static override examples = ['<%= config.bin %> <%= command.id %> --out rules.yml'];

  static override flags = {
    out: Flags.string({ description: 'The file to write; otherwise it is printed.', env: 'SPAMTRAP_OUT' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(RulesInit);
    const { defaultRulesText } = await import('../../lib/assembly/rules/rule-file.ts');
    if (flags.out === undefined) return void process.stdout.write(defaultRulesText);
    writeNewFile(flags.out, defaultRulesText);
    this.log(`${flags.out} is written. "spamtrap rules check ${flags.out}" says whether a change is good.`);
  }
}
