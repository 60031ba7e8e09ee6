import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { capturesOnDisk } from '../support/journals.ts';
import { Sensor } from '../support/sensor.ts';
import { sendOver } from '../support/smtp-client.ts';
import { mailIn } from '../support/stored.ts';
import { smallSegments, type Page } from './crash.ts';
import { Ledger, spillAt } from './ledger.ts';

/** A journal that no output has read. What will be written from it is known, because ids make the names. */
export interface Backlog extends Page {
  /** The files that the maildir will have, in the order in which they come. */
  readonly names: readonly string[];
  /** Those of messages that are copied from the file beside the segment, in several writes. */
  readonly large: readonly string[];
  /** The first file of the records. */
  readonly records: string;
}

export async function makeBacklog(folder: string, count: number): Promise<Backlog> {
  const dataDir = join(folder, 'data');
  const ledger = new Ledger();
  const first = await Sensor.start({ dataDir, config: { ...smallSegments, outputs: {} } });
  ledger.write(await sendOver(first.port, 3, ledger.letters(count)));
  await first.stop();
  const captures = capturesOnDisk(dataDir);

  const path = join(folder, 'trial');
  const second = await Sensor.start({
    dataDir,
    config: { ...smallSegments, outputs: { maildir: { from: 'start', path } } },
  });
  await second.handedOn(captures.at(-1)!.facts.id, ['maildir']);
  await second.stop();
  rmSync(join(dataDir, 'journal', 'readers'), { recursive: true });

  const files = mailIn(path);
  const names = files.map((file) => basename(file.path));
  if (names.length !== count) throw new Error(`${count} messages were sent and ${names.length} delivered`);
  const large = files.filter(({ content }) => content.length > spillAt).map((file) => basename(file.path));
  return { dataDir, ledger, names, large, records: `${captures[0]!.facts.receivedAt.slice(0, 10)}.0001.jsonl` };
}
