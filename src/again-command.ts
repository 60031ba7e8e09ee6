import { Command } from '@oclif/core';
import { dataDirFlags, flagTexts, jsonFlag } from './flags.ts';
import type { AgainSettings, HandedOn } from './lib/assembly/hand-on-again.ts';
import { loadConfig } from './lib/config/load.ts';
import { printable } from './lib/text/printable.ts';

/** What the commands share that hand messages to an output once more. */
export abstract class AgainCommand extends Command {
  static override baseFlags = { ...dataDirFlags, json: jsonFlag };

  /** Does it, shows how far it is, and tells what came of it. */
  protected async handOnAgain(
    output: string,
    flags: { readonly config?: string | undefined; readonly 'data-dir'?: string | undefined; readonly json: boolean },
    work: (again: AgainSettings) => Promise<HandedOn>,
  ): Promise<void> {
    const { settings } = loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const { exitCodeOf } = await import('./lib/assembly/hand-on-again.ts');
    const stop = new AbortController();
    const interrupt = () => stop.abort();
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    const onProgress = ({ delivered }: HandedOn) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${delivered} delivered`);
    };
    const handed = await work({ settings, output, signal: stop.signal, onProgress });
    if (process.stderr.isTTY) process.stderr.write('\r');
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (flags.json) this.log(JSON.stringify(handed));
    else {
      for (const { id, why } of handed.refused) this.log(`refused    ${id}  ${printable(why)}`);
      this.log(`${handed.delivered} delivered, ${handed.refused.length} refused.`);
    }
    process.exitCode = exitCodeOf(handed);
  }
}
