import { IndexCommand } from '../../index-command.ts';

export default class IndexRebuild extends IndexCommand {
  static override summary = 'Make the index anew from the journal.';

  static override description =
    'The old one can be searched until the new one takes its place. What the journal no longer has is taken over from ' +
    'the old one, if that can be read.';

  async run(): Promise<void> {
    const { flags } = await this.parse(IndexRebuild);
    await this.withKeeper(flags, async (keeper) => {
      const { carriedOver } = await keeper.rebuild();
      if (carriedOver > 0) this.logToStderr(`${carriedOver} entries that the journal no longer has were taken over.`);
    });
  }
}
