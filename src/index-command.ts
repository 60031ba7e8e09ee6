import { Command, type Interfaces } from '@oclif/core';
import { configFlag, dataDirFlags, flagTexts, jsonFlag } from './flags.ts';
import type { Judges } from './lib/assembly/judges/follow-judges.ts';
import type { IndexKeeper } from './lib/assembly/index/index-keeper.ts';
import { loadConfig } from './lib/config/load.ts';

type BaseFlags = Interfaces.InferredFlags<(typeof IndexCommand)['baseFlags']>;

/** What the commands have in common that write the index. */
export abstract class IndexCommand extends Command {
  static override baseFlags = { ...dataDirFlags, config: configFlag, json: jsonFlag };

  protected async withKeeper(
    flags: BaseFlags,
    work: (keeper: IndexKeeper, judges: Judges, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { settings } = loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const { IndexProgress } = await import('./lib/assembly/index/index-progress.ts');
    const { keepIndex } = await import('./lib/assembly/index/keep-index.ts');
    const progress = new IndexProgress(process.stderr);
    const notice = (sentence: string) => this.logToStderr(sentence);
    const kept = await keepIndex({ settings, tell: progress.tell, notice, signals: process, work }).finally(() =>
      progress.done(),
    );
    if (flags.json) this.log(JSON.stringify(kept));
    else this.log(`The index has ${kept.entries} entries, ${kept.added} of them new, in ${kept.seconds} seconds.`);
    process.exitCode = kept.exitCode;
  }
}
