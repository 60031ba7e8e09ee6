import { Args, Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../../flags.ts';
import { printableWithin } from '../../../lib/text/printable.ts';

export default class QuarantineList extends Command {
  static override summary = 'List what an output refused for good, and why; also while a sensor runs.';

  static override args = { output: Args.string({ description: 'Name of the output.', required: true }) };

  static override flags = { ...dataDirFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QuarantineList);
    const { quarantined } = await import('../../../lib/assembly/quarantined.ts');
    for (const { why, capture } of quarantined(configuredDataDir(flags), args.output)) {
      const { id, receivedAt, envelope, size, sha256 } = capture.facts;
      if (flags.json) this.log(JSON.stringify({ id, receivedAt, from: envelope.from, size, sha256, why }));
      else {
        const from = printableWithin(envelope.from || '<>', 40);
        this.log(
          `${id}  ${receivedAt.slice(0, 19)}  ${String(size).padStart(10)}  ${from}  ${printableWithin(why, 120)}`,
        );
      }
    }
  }
}
