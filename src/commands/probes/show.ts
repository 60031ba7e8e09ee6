import { Args, Flags } from '@oclif/core';
import { Fault } from '../../lib/errors.ts';
import { ProbeCommand } from '../../probe-command.ts';

export default class ProbesShow extends ProbeCommand {
  static override summary = 'Show one probe, what would be sent, and everything that happened to it.';

  static override description =
    'Nothing is asked of anybody unless --resolve says so: then DNS is, and shows the servers to which it would go.';

  static override args = { id: Args.string({ description: 'Its id, or the beginning of it.', required: true }) };

  static override flags = {
    resolve: Flags.boolean({ description: 'Ask DNS where it would go.', env: 'SPAMTRAP_DESK_RESOLVE' }),
    raw: Flags.boolean({ description: 'The exact bytes, and nothing else.', env: 'SPAMTRAP_DESK_RAW' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ProbesShow);
    const tools = await this.toolsFor(this.settingsOf(flags));
    const shown = tools.show(args.id);
    const content = tools.contentOf(shown.probe.id);
    if (flags.raw) {
      if (content === undefined) {
        throw new Fault(`The desk does not have the content of probe ${shown.probe.id} any more.`, {
          code: 'probe.no-content',
          fix: `The journal may: "spamtrap journal show ${shown.probe.id} --raw".`,
        });
      }
      return void process.stdout.write(content);
    }
    const routes = flags.resolve ? { routes: await tools.routes(shown.probe) } : {};
    const details = { ...shown, budget: tools.budget(), content, ...routes };
    const { probeDetails } = await import('../../lib/assembly/probe-text.ts');
    if (flags.json) this.log(JSON.stringify({ ...shown, budget: details.budget, ...routes }));
    else for (const line of probeDetails(details)) this.log(line);
    tools.close();
  }
}
