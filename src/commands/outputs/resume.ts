import { OutputCommand } from '../../output-command.ts';

export default class OutputsResume extends OutputCommand {
  static override summary = 'Let a paused output go on.';
  protected readonly change = 'resume';
}
