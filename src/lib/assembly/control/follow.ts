import type { ControlClient } from '../../control/control-client.ts';
import { jsonLine } from '../../events/lines.ts';

/** Writes what happens as JSON lines on standard output, until the sensor or the reader is gone. */
export async function eventsOf(client: ControlClient): Promise<void> {
  await client.follow('kept', (event) => void process.stdout.write(jsonLine(event)));
  await client.closed;
}
