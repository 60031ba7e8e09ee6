import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Quarantine, type SetAside } from '../outputs/quarantine.ts';
import { existingJournal } from './data-dirs.ts';
import { setAside } from './hand-on-again.ts';
import { registrationOf } from './steer-outputs.ts';

/** What an output refused for good, oldest first. */
export function* quarantined(configured: string | undefined, output: string): Generator<SetAside> {
  const quarantine = quarantineOf(configured, output);
  for (const id of quarantine.ids()) {
    const found = quarantine.find(id);
    if (found) yield found;
  }
}

export function quarantinedMessage(configured: string | undefined, output: string, id: string): Readable {
  const { content } = setAside(quarantineOf(configured, output), id).capture;
  return content.kind === 'file' ? createReadStream(content.path) : Readable.from([content.bytes]);
}

/** Returns how many are gone. */
export function dropQuarantined(
  configured: string | undefined,
  output: string,
  ids: readonly string[] | 'all',
): number {
  const quarantine = quarantineOf(configured, output);
  const chosen = ids === 'all' ? quarantine.ids() : ids;
  for (const id of chosen) setAside(quarantine, id);
  for (const id of chosen) quarantine.remove(id);
  return chosen.length;
}

// Asked through the readers, so that no path is made of a name that is no output's.
function quarantineOf(configured: string | undefined, output: string): Quarantine {
  const { dataDir, layout } = existingJournal(configured);
  return new Quarantine(dataDir, registrationOf(layout, output).name);
}
