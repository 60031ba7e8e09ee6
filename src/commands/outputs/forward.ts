import { OutputCommand } from '../../output-command.ts';

export default class OutputsForward extends OutputCommand {
  static override summary = 'Let an output skip everything that is in the journal now.';
  protected readonly change = 'forward';
}
