import type { CaptureFacts, SessionFacts } from '../../src/lib/capture/capture.ts';
import { listed, spamtrap } from '../e2e/commands.ts';
import type { Sensor } from '../support/sensor.ts';

type SessionListed = SessionFacts & { readonly kind: 'session'; readonly id: string };
type CaptureListed = CaptureFacts & { readonly kind: 'capture' };

/** What an operator finds who looks into the journal with our own commands. */
export interface Evidence {
  readonly captures: readonly CaptureListed[];
  readonly sessions: readonly SessionListed[];
}

/** What systemd-socket-activate says before it becomes the sensor. */
const activation = /^(?:Listening on|Communication attempt on|Execing) .*\n/gm;

/** Ends the sensor, which has to end well, and looks at what it has left. */
export async function evidenceOf(sensor: Sensor): Promise<Evidence> {
  const { code, stderr } = await sensor.stop();
  if (code !== 0 || stderr.replaceAll(activation, '') !== '')
    throw new Error(`The sensor ended with ${code}: ${stderr}`);
  const faults = (['session.failed', 'capture.refused', 'journal.refusing', 'failed'] as const).flatMap(
    (name): readonly object[] => sensor.told(name),
  );
  if (faults.length > 0) throw new Error(`The sensor told of faults: ${JSON.stringify(faults)}`);
  const entries = await listed<SessionListed | CaptureListed>(['journal', 'list', '--sessions'], sensor.dataDir);
  return {
    captures: entries.filter((entry) => entry.kind === 'capture'),
    sessions: entries.filter((entry) => entry.kind === 'session'),
  };
}

/** The exact bytes of a message, as `journal show --raw` gives them. */
export async function rawMessage(sensor: Sensor, id: string): Promise<Buffer> {
  const { code, stdout, stderr } = await spamtrap(['journal', 'show', id, '--raw'], sensor.dataDir);
  if (code !== 0) throw new Error(`journal show ended with ${code}: ${stderr}`);
  return stdout;
}

/** The commands of an entry without their arguments. */
export function verbsOf({ commandsSeen = [] }: Pick<SessionFacts, 'commandsSeen'>): string[] {
  return commandsSeen.map(([, line]) => line.split(' ')[0]!.toUpperCase());
}

export interface RelayPorts {
  readonly smtp: number;
  readonly smtps: number;
  readonly submission: number;
}

export function portsOf(sensor: Sensor): RelayPorts {
  const ports = sensor.told('listening').map(({ port }) => port);
  const [smtp = 0, smtps = 0, submission = 0] = ports;
  return { smtp, smtps, submission };
}
