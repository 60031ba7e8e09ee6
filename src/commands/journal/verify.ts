import { Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from '../../flags.ts';
import { exitCodes } from '../../lib/errors.ts';

export default class JournalVerify extends Command {
  static override summary = 'Compare every byte of the journal with its checksums.';

  static override description = 'Ends with 0 when everything is whole and with 1 when there is damage.';

  static override flags = { ...dataDirFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(JournalVerify);
    const { verify } = await import('../../lib/assembly/mend-journal.ts');
    const total = { segments: 0, captures: 0, damages: 0, lostSides: 0 };
    for await (const report of verify(configuredDataDir(flags))) {
      total.segments++;
      total.captures += report.captures;
      total.damages += report.damages.length;
      total.lostSides += report.lostSides.length;
      if (flags.json) this.log(JSON.stringify(report));
      else {
        for (const { segment, from, to, why } of report.damages) {
          this.log(`segment ${segment}: bytes ${from} to ${to} are damaged: ${why}`);
        }
        for (const id of report.lostSides) this.log(`message ${id}: its side file is missing or damaged`);
      }
    }
    if (!flags.json) {
      this.log(
        `messages: ${total.captures}, segments: ${total.segments}, damaged places: ${total.damages + total.lostSides}`,
      );
      if (total.damages > 0)
        this.log('"spamtrap journal repair" sets damaged bytes aside and keeps every whole record.');
    }
    if (total.damages + total.lostSides > 0) process.exitCode = exitCodes.failed;
  }
}
