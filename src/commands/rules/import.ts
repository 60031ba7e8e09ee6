import { Args, Command, Flags } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';
import { exitCodes } from '../../lib/errors.ts';
import { printable } from '../../lib/text/printable.ts';

export default class RulesImport extends Command {
  static override summary = 'Translate a rules.json of FakeOpenSmtpRelay.';

  static override description =
    'The Python in it is read and never run: simple conditions are translated, the rest is listed with the reason.';

  static override examples = ['<%= config.bin %> <%= command.id %> rules.json --out rules.yml'];

  static override args = { file: Args.string({ description: 'The file.', required: true }) };

  static override flags = {
    json: jsonFlag,
    out: Flags.string({ description: 'The file to write; otherwise it is printed.', env: 'SPAMTRAP_OUT' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesImport);
    const { importFile } = await import('../../lib/assembly/rules/import-file.ts');
    const { text, translated, untranslated } = importFile(args.file, flags.out);
    if (flags.json) this.log(JSON.stringify({ translated, untranslated, ...(flags.out === undefined && { text }) }));
    else {
      if (flags.out === undefined) process.stdout.write(text);
      for (const { rule, reason } of untranslated) this.logToStderr(printable(`${rule}: ${reason}`));
      this.logToStderr(`${translated.length} rules translated, ${untranslated.length} reasons to look at the rest.`);
    }
    if (untranslated.length > 0) process.exitCode = exitCodes.partly;
  }
}
