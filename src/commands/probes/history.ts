import { Flags } from '@oclif/core';
import { ProbeCommand } from '../../probe-command.ts';
import { exitCodes, Fault } from '../../lib/errors.ts';
import { parseDuration } from '../../lib/text/units.ts';

export default class ProbesHistory extends ProbeCommand {
  static override summary = 'List what became of probes, oldest first.';

  static override flags = {
    desk: Flags.boolean({
      description: 'Of the desk itself: who stopped it and why, modes, a new budget.',
      env: 'SPAMTRAP_DESK_ITSELF',
    }),
    since: Flags.string({
      description: 'Only what ended within this time, such as 12h or 7d. [default: everything that is remembered]',
      env: 'SPAMTRAP_DESK_SINCE',
      helpValue: '<duration>',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ProbesHistory);
    const since = flags.since === undefined ? 0 : Date.now() - durationOf(flags.since);
    const tools = await this.toolsFor(this.settingsOf(flags));
    if (flags.desk) {
      for (const entry of tools.ownStory()) {
        const { at, what, who, why } = entry;
        this.log(flags.json ? JSON.stringify(entry) : `${at.slice(0, 19)}  ${what.padEnd(12)}  ${who}: ${why}`);
      }
      return tools.close();
    }
    const { probeLine } = await import('../../lib/assembly/probe-text.ts');
    for (const probe of tools.history(since)) {
      this.log(flags.json ? JSON.stringify(probe) : `${probe.state.padEnd(11)} ${probeLine(probe)}: ${probe.reason}`);
    }
    tools.close();
  }
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new Fault(`--since: "${text}" is no duration.`, {
    code: 'usage',
    fix: 'Write a number and a unit, such as 90m, 12h or 7d.',
    exit: exitCodes.usage,
  });
}
