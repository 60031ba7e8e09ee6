import { existsSync } from 'node:fs';
import { join } from 'node:path';

// <data dir>/
//   budget.created    says which database is the budget, so that one that is gone or another one is noticed
//   relay.stopped     the kill switch: while it is there, nothing is sent
//   desk/desk.db      probes, what was attempted, and the story of both
//   desk/ID.eml       the exact bytes of each probe
//   desk.damaged-…    what was set aside when the budget was made anew: never thrown away

export interface DeskLayout {
  readonly dataDir: string;
  readonly directory: string;
  readonly database: string;
  readonly marker: string;
  readonly stopFile: string;
  message(id: string): string;
}

export function deskLayout(dataDir: string): DeskLayout {
  const directory = join(dataDir, 'desk');
  return {
    dataDir,
    directory,
    database: join(directory, 'desk.db'),
    marker: join(dataDir, 'budget.created'),
    stopFile: join(dataDir, 'relay.stopped'),
    message: (id) => join(directory, `${id}.eml`),
  };
}

/** Whether there has ever been a desk here, for those who only want to look. */
export function hasDesk(dataDir: string): boolean {
  const { marker, directory } = deskLayout(dataDir);
  return existsSync(marker) || existsSync(directory);
}
