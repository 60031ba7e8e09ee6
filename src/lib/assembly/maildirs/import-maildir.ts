import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createIdSource } from '../../capture/id.ts';
import type { Settings } from '../../config/schema.ts';
import { Fault } from '../../errors.ts';
import { makeDirectory } from '../../files/synced.ts';
import { Seen } from '../../intake/maildir/seen.ts';
import { Journal } from '../../journal/journal.ts';
import { catchUp } from './catch-up.ts';
import { followersOf } from './follow.ts';
import { ownFolders, ownPlaces, realRoots } from './roots.ts';
import { takeMessage } from './take-message.ts';

export interface Import {
  readonly settings: Settings;
  readonly dataDir: string;
  /** The maildir, with all its folders. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Told how many have been taken, now and then. */
  readonly tell: (taken: number) => void;
}

export interface Imported {
  readonly taken: number;
  /** Files that are none, may not be read, or are too large. */
  readonly left: number;
}

const tellEvery = 1_000;

/**
 * Takes everything that lies in a maildir into the journal, once: what was taken before, by whatever way, is passed over.
 * Nothing in the maildir is changed. No sensor may run in the data directory meanwhile.
 */
export async function importMaildir({ settings, dataDir, path, signal, tell }: Import): Promise<Imported> {
  const own = ownPlaces(dataDir, maildirsOf(settings, dataDir));
  const roots = await realRoots([path], own, 'refused');
  makeDirectory(dataDir);
  const journal = await Journal.open({
    dataDir,
    settings: settings.journal,
    notify: () => undefined,
    now: Date.now,
    randomInt,
  });
  makeDirectory(join(dataDir, 'maildirs'));
  const seen = new Seen(join(dataDir, 'maildirs', 'taken.db'));
  const counts = { taken: 0, left: 0 };
  try {
    catchUp(seen, journal.layout, journal.tail.position);
    seen.forgetPassed();
    const means = {
      journal,
      emit: () => undefined,
      session: createIdSource(Date.now, randomInt).next(),
      largest: settings.maildirs.largest,
    };
    const end = new AbortController();
    const trouble: string[] = [];
    const stop = () => end.abort();
    signal.addEventListener('abort', stop, { once: true });
    const followers = followersOf(
      { roots, from: 'start', poll: settings.maildirs.poll },
      {
        seen,
        isOwn: ownFolders(own),
        // Everything was looked at, or something cannot be done: either is the end here.
        emit: (event) => {
          if (event.event === 'maildir.failed') trouble.push(event.detail);
          if (event.event === 'maildir.opened' || event.event === 'maildir.failed') stop();
        },
        take: async (found) => {
          const became = await takeMessage(found, means);
          if (became !== 'gone' && ++counts[became] % tellEvery === 0) tell(counts.taken);
          return became;
        },
      },
    );
    await Promise.all(followers.map((follower) => follower.run(end.signal)));
    signal.removeEventListener('abort', stop);
    seen.commit(journal.tail.position);
    if (trouble.length > 0) throw unfinished(trouble[0]!, counts.taken);
    return counts;
  } finally {
    seen.close();
    await journal.close();
  }
}

function maildirsOf({ outputs }: Settings, dataDir: string): readonly string[] {
  return Object.values(outputs).flatMap((output) =>
    output.type === 'maildir' ? [output.path ?? join(dataDir, 'maildir')] : [],
  );
}

function unfinished(why: string, taken: number): Fault {
  return new Fault(`After ${taken} messages it could not go on: ${why}.`, {
    code: 'maildir.import',
    fix: 'Mend that and say the same again: what was taken is not taken twice.',
  });
}
