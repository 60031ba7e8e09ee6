import type { Loaded } from '../../config/load.ts';
import { exitCodes, Fault, type ExitCode } from '../../errors.ts';
import { showSteps } from '../steps/show-steps.ts';
import { StepFault, type Examined } from '../steps/step.ts';
import { certificateChecks } from './certificate.ts';
import type { Command } from './command.ts';
import { dataDirChecks } from './data-dir.ts';
import { looks } from './examined.ts';
import { machineChecks } from './machine.ts';
import { outboundChecks } from './outbound.ts';
import { portChecks } from './ports.ts';
import { shellChecks } from './shell.ts';

export interface DoctorWish {
  /** Which command is to run well. */
  readonly command: Command;
  /** Throws what is wrong with the configuration. */
  readonly load: () => Loaded;
  readonly dataDirOf: (configured: string | undefined) => string;
  readonly shown: 'json' | 'steps';
}

/** Looks at the machine as a command would find it, and changes nothing. */
export async function doctor({ command, load, dataDirOf, shown }: DoctorWish): Promise<ExitCode> {
  const examined = examinations(command, load, dataDirOf);
  const code = await showSteps(examined, shown === 'json' ? { json: 'of' } : 'steps');
  return code === exitCodes.done ? code : exitCodes.failed;
}

function examinations(
  command: Command,
  load: DoctorWish['load'],
  dataDirOf: DoctorWish['dataDirOf'],
): readonly Examined[] {
  let loaded: Loaded;
  try {
    loaded = load();
  } catch (error) {
    // Without a configuration nothing else can be looked at.
    if (error instanceof Fault) return [faultyConfiguration(error), shellChecks()];
    throw error;
  }
  const { settings, file } = loaded;
  const dataDir = dataDirOf(settings.dataDir);
  const configuration = { name: 'file', run: async () => file ?? 'none: everything is as it is without one' };
  return [
    looks('configuration', command, [configuration]),
    portChecks(command, settings, dataDir),
    dataDirChecks(settings, dataDir),
    certificateChecks(command, settings, dataDir),
    outboundChecks(settings, dataDir),
    machineChecks(settings, dataDir),
    shellChecks(),
  ].filter(({ steps }) => steps.length > 0);
}

function faultyConfiguration({ message, fix }: Fault): Examined {
  return looks('configuration', 'faulty', [
    {
      name: 'file',
      async run() {
        throw new StepFault(message, fix);
      },
    },
  ]);
}
