import { RunningCommand } from '../../running-command.ts';

export default class RulesReload extends RunningCommand {
  static override summary = 'Have a running sensor read its rules anew now, and say what is wrong with them.';

  async run(): Promise<void> {
    const { flags } = await this.parse(RulesReload);
    await this.reload(flags, 'rules.reload');
  }
}
