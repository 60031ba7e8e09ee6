import { OutputCommand } from '../../output-command.ts';

export default class OutputsRewind extends OutputCommand {
  static override summary = 'Let an output begin again at the oldest message.';
  protected readonly change = 'rewind';
}
