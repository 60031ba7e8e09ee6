import { Fault } from '../../lib/errors.ts';
import { ProbeCommand } from '../../probe-command.ts';

export default class Probes extends ProbeCommand {
  static override summary = 'Sit at the probe desk: look at what waits, approve, deny.';

  static override description = 'Needs a terminal; "spamtrap probes list" and the others are for scripts.';

  async run(): Promise<void> {
    const { flags } = await this.parse(Probes);
    if (flags.json || !process.stdin.isTTY || !process.stdout.isTTY) {
      throw new Fault('The desk needs a terminal.', {
        code: 'probes.no-terminal',
        fix: 'In scripts use "spamtrap probes list", show, approve and deny.',
      });
    }
    const tools = await this.toolsFor(this.settingsOf(flags));
    const { probeDetails, probeLine } = await import('../../lib/assembly/probe-text.ts');
    const { sitAtDesk } = await import('../../tui/probe-desk.tsx');
    await sitAtDesk({
      list: () => tools.waiting().map((probe) => ({ id: probe.id, state: probe.state, line: probeLine(probe) })),
      details: (id) => [...probeDetails({ ...tools.show(id), budget: tools.budget(), content: tools.contentOf(id) })],
      approve: (id) => `Probe ${tools.approve(id, this.operator).id} is approved.`,
      deny: (id) => `Probe ${tools.deny(id, this.operator).id} is denied.`,
    });
    tools.close();
  }
}
