import { acknowledgement } from '../../config/schema/probes.ts';
import type { Settings } from '../../config/schema.ts';
import { Fault } from '../../errors.ts';
import { KillSwitch } from '../../probe/kill-switch.ts';
import { loadRules } from '../rules/rule-file.ts';
import { StepFault, StepWarning, type Examined } from '../steps/step.ts';
import { looks } from './examined.ts';

/** What may leave the machine, and by which rules. */
export function outboundChecks({ probes, rules }: Settings, dataDir: string): Examined {
  return looks('policy', probes.mode, [
    {
      name: 'what may be sent',
      async run() {
        const isAcknowledged = probes.acknowledge === acknowledgement;
        const said = judgeMode(probes.mode, isAcknowledged);
        const stop = new KillSwitch(dataDir).state();
        return stop.is === 'stopped' ? `${said}; nothing is sent now: ${stop.why}` : said;
      },
    },
    {
      name: 'rules',
      async run() {
        try {
          const { document } = loadRules(rules.file, 'rules.file');
          return `${document.rules.length} of ${rules.file ?? 'the built-in ones'}, revision ${document.revision}`;
        } catch (error) {
          if (error instanceof Fault) throw new StepFault(error.message, error.fix);
          throw error;
        }
      },
    },
  ]);
}

export function judgeMode(mode: Settings['probes']['mode'], isAcknowledged: boolean): string {
  switch (mode) {
    case 'off':
      return 'nothing, and no probe is kept apart';
    case 'review':
      return 'nothing, unless an operator approves a probe';
    case 'sandbox':
      return 'nothing: probes go to a mail server within the program';
    case 'test':
      return 'probes, to the one server and recipient that are configured';
    case 'live':
      if (isAcknowledged) {
        throw new StepWarning(
          'probes go out to strangers, within the budget',
          'Set probes.mode to review if that is not meant.',
        );
      }
      throw new StepWarning(
        'nothing: the mode live needs an acknowledgement, and is review without it',
        `Write probes.acknowledge: "${acknowledgement}", or choose another mode.`,
      );
  }
}
