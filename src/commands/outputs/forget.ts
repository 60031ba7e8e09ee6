import { OutputCommand } from '../../output-command.ts';

export default class OutputsForget extends OutputCommand {
  static override summary = 'Let go of an output that is no longer wanted, so that it holds no segments back.';
  protected readonly change = 'forget';
}
