import { Args, Command, Flags } from '@oclif/core';
import { pipeline } from 'node:stream/promises';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../flags.ts';

export default class JournalShow extends Command {
  static override summary = 'Show one message and everything that is known of it, safe for a terminal.';

  static override args = {
    id: Args.string({ description: 'Its id, or the beginning of it.', required: true }),
  };

  static override flags = {
    ...dataDirFlags,
    json: jsonFlag,
    raw: Flags.boolean({ description: 'The exact bytes, and nothing else.', env: 'SPAMTRAP_RAW' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(JournalShow);
    const { contentStream, findMessage } = await import('../../lib/assembly/look-at-journal.ts');
    const message = findMessage(configuredDataDir(flags), args.id);
    if (flags.json) return this.log(JSON.stringify(message.facts));
    if (flags.raw) return pipeline(contentStream(message), process.stdout, { end: false });
    const { captureText } = await import('../../lib/assembly/capture-text.ts');
    for await (const line of captureText(message)) this.log(line);
  }
}
