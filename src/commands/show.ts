import { Args, Flags } from '@oclif/core';
import { pipeline } from 'node:stream/promises';
import { LookBackCommand } from '../look-back-command.ts';

const usualPages = ['known', 'headers', 'parts', 'urls', 'text'];

export default class Show extends LookBackCommand {
  static override summary = 'Show one message, safe to look at: what is known of it, its structure, text and links.';

  static override description =
    'Headers are decoded, links are written so that nobody follows them by accident, and nothing in it reaches the ' +
    'terminal as anything but text.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> 01JDPQ8Z',
    '<%= config.bin %> <%= command.id %> 01JDPQ8Z --page hex',
    '<%= config.bin %> <%= command.id %> 01JDPQ8Z --raw > message.eml',
  ];

  static override args = {
    id: Args.string({ description: 'Its id, or the beginning of it.', required: true }),
  };

  static override flags = {
    page: Flags.string({
      description: 'Only this page of it; may be given several times.',
      env: 'SPAMTRAP_LOOK_PAGE',
      multiple: true,
      options: [...usualPages, 'hex'],
    }),
    raw: Flags.boolean({
      description: 'The exact bytes, and nothing else.',
      env: 'SPAMTRAP_RAW',
      exclusive: ['page', 'json'],
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Show);
    const { contentStream } = await import('../lib/assembly/look-at-journal.ts');
    const { findMessage, goneFromJournal, messageText } = await import('../lib/assembly/look-back/show-message.ts');
    await this.withLookBack(flags, async (lookBack) => {
      const shown = findMessage(lookBack, args.id);
      if (flags.json)
        return this.log(
          JSON.stringify({ ...shown.found, judgements: shown.judgements, facts: shown.kept?.facts ?? null }),
        );
      if (flags.raw) {
        if (shown.kept === undefined) throw goneFromJournal(args.id);
        return pipeline(contentStream(shown.kept), process.stdout, { end: false });
      }
      for await (const line of messageText(shown, flags.page ?? usualPages)) this.log(line);
    });
  }
}
