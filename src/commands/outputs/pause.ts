import { OutputCommand } from '../../output-command.ts';

export default class OutputsPause extends OutputCommand {
  static override summary = 'Let an output rest; what comes in waits for it in the journal.';
  protected readonly change = 'pause';
}
