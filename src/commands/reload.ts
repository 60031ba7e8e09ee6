import { RunningCommand } from '../running-command.ts';

export default class Reload extends RunningCommand {
  static override summary =
    'Have a running sensor read everything anew: configuration, rules, mailboxes, certificates.';

  static override description =
    'What is no good leaves all as it was, and the exit code is 3. What cannot change while it runs is named. SIGHUP ' +
    'does the same, where there is no console.';

  async run(): Promise<void> {
    const { flags } = await this.parse(Reload);
    await this.reload(flags, 'reload');
  }
}
