import { randomInt } from 'node:crypto';
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
  readers: readonly string[],
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
      for (const output of readerNames(journal.layout)) {
        if (!readers.includes(output)) hub.emit({ event: 'output.unconfigured', output });
      }
    },
    async stop() {
      await journal?.close();
    },
  };
}
