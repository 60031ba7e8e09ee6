import { Command, Flags, type Interfaces } from '@oclif/core';
import { configFlag, dataDirFlags, flagTexts, jsonFlag } from './flags.ts';
import { loadConfig } from './lib/config/load.ts';
import type { LookBack } from './lib/assembly/look-back/open-look-back.ts';

export const csvFlag = Flags.boolean({
  description: 'Print CSV with a line of names.',
  env: 'SPAMTRAP_LOOK_CSV',
  exclusive: ['json'],
});

export type BaseFlags = Interfaces.InferredFlags<(typeof LookBackCommand)['baseFlags']>;

/** What the commands have in common that ask the index. */
export abstract class LookBackCommand extends Command {
  static override baseFlags = {
    ...dataDirFlags,
    config: configFlag,
    json: jsonFlag,
    'as-is': Flags.boolean({
      description: 'Answer from what the index knows, without bringing it up to date first.',
      env: 'SPAMTRAP_LOOK_AS_IS',
    }),
  };

  protected settings(flags: Pick<BaseFlags, 'config' | 'data-dir'>) {
    return loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) }).settings;
  }

  /** Opens the index for as long as something is done with it. */
  protected async withLookBack<Result>(
    flags: BaseFlags,
    work: (lookBack: LookBack) => Promise<Result> | Result,
  ): Promise<Result> {
    const { lookBackFault, openLookBack } = await import('./lib/assembly/look-back/open-look-back.ts');
    const { IndexProgress } = await import('./lib/assembly/index/index-progress.ts');
    const progress = new IndexProgress(process.stderr);
    const lookBack = await openLookBack({
      settings: this.settings(flags),
      update: flags['as-is'] ? 'as-is' : 'first',
      progress: progress.tell,
      notice: (sentence) => this.logToStderr(sentence),
    }).finally(() => progress.done());
    try {
      return await work(lookBack);
    } catch (error) {
      throw lookBackFault(error);
    } finally {
      lookBack.close();
    }
  }

  protected async filterFrom(argv: readonly unknown[]): Promise<string> {
    const { filterFromWords } = await import('./lib/assembly/look-back/filter-words.ts');
    return filterFromWords(argv as string[]);
  }
}
