import { Flags } from '@oclif/core';
import { LookBackCommand } from '../look-back-command.ts';
import { exitCodes } from '../lib/errors.ts';

export default class Export extends LookBackCommand {
  static override strict = false;

  static override summary = 'Hand messages or their indicators to others: mbox, Maildir, files, CSV, MISP, STIX.';

  static override description =
    'Words behind it are a filter, as with "spamtrap search"; without any, everything is meant. Messages in Maildir and ' +
    'files are what was received, to the byte. Addresses that no stranger can have are no indicators, nor are hosts ' +
    'named with --allow and what is below them.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> --format mbox --out invoices.mbox subject:invoice',
    '<%= config.bin %> <%= command.id %> --format misp campaign:c-7k2m9q4 > event.json',
    '<%= config.bin %> <%= command.id %> --format csv --defang since:1d > today.csv',
  ];

  static override flags = {
    format: Flags.string({
      description: 'What is written.',
      env: 'SPAMTRAP_LOOK_FORMAT',
      options: ['mbox', 'maildir', 'eml', 'csv', 'misp', 'stix'],
      required: true,
    }),
    out: Flags.string({
      description: 'File, or folder of maildir and eml. [default: standard output]',
      env: 'SPAMTRAP_OUT',
      helpValue: '<path>',
    }),
    defang: Flags.boolean({
      description: 'Write addresses so that nobody follows them by accident (CSV).',
      env: 'SPAMTRAP_LOOK_DEFANG',
    }),
    allow: Flags.string({
      description: 'A host or an address that is no indicator; may be given several times.',
      env: 'SPAMTRAP_LOOK_ALLOW',
      helpValue: '<host>',
      multiple: true,
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Export);
    const { exportFound } = await import('../lib/assembly/look-back/export-messages.ts');
    const { sensor } = this.settings(flags);
    const filter = await this.filterFrom(argv);
    await this.withLookBack(flags, async (lookBack) => {
      const done = await exportFound(lookBack, {
        filter,
        format: flags.format as Parameters<typeof exportFound>[1]['format'],
        out: flags.out,
        writing: flags.defang ? 'defanged' : 'as-is',
        sensor: sensor.name,
        allowed: flags.allow ?? [],
      });
      this.#report(done, flags);
    });
  }

  #report(
    done: { readonly messages: number; readonly gone: number; readonly indicators?: number },
    { json, out }: { readonly json: boolean; readonly out: string | undefined },
  ): void {
    if (json && out !== undefined) this.log(JSON.stringify(done));
    else {
      const { messages, indicators } = done;
      const what = indicators === undefined ? '' : `${indicators} indicators of `;
      this.logToStderr(`${what}${messages} ${messages === 1 ? 'message' : 'messages'} written.`);
      if (done.gone > 0) this.logToStderr(`${done.gone} more are no longer in the journal.`);
    }
    if (done.gone > 0) process.exitCode = exitCodes.partly;
  }
}
