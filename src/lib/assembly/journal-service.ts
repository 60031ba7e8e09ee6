import { randomInt } from 'node:crypto';
import { readersOfOurs } from '../config/schema/outputs.ts';
import type { Settings } from '../config/schema.ts';
import type { EventHub } from '../events/hub.ts';
import { readerNames } from '../journal/cursor.ts';
import { Journal } from '../journal/journal.ts';
import type { Service } from './service-group.ts';

export interface JournalService extends Service {
  readonly opened: Journal;
}

export function journalService(
  settings: Settings,
  dataDir: string,
  hub: EventHub,
  outputs: readonly string[],
): JournalService {
  let journal: Journal | undefined;
  return {
    name: 'journal',
    get opened() {
      if (journal === undefined) throw new Error('the journal is used before it was opened');
      return journal;
    },
    async start() {
      journal = await Journal.open({ dataDir, settings: settings.journal, notify: hub.emit, now: Date.now, randomInt });
      const known: readonly string[] = [
        ...outputs,
        ...(settings.daybook.keep === 'yes' ? [readersOfOurs.daybook] : []),
        ...(settings.probes.mode === 'off' ? [] : [readersOfOurs.desk]),
      ];
      for (const output of readerNames(journal.layout)) {
        if (!known.includes(output)) hub.emit({ event: 'output.unconfigured', output });
      }
    },
    async stop() {
      await journal?.close();
    },
  };
}
