import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createIdSource } from '../../capture/id.ts';
import type { Settings } from '../../config/schema.ts';
import { Seen } from '../../intake/maildir/seen.ts';
import type { Surroundings } from '../sensor.ts';
import type { Service } from '../service-group.ts';
import { catchUp } from './catch-up.ts';
import { followersOf } from './follow.ts';
import { ownFolders, ownPlaces, realRoots, type WhenMissing } from './roots.ts';
import { takeMessage } from './take-message.ts';

const commitEvery = 500;

/** Takes what is delivered into maildirs elsewhere into the journal. */
export function maildirsService({ settings, dataDir, hub, journal }: Surroundings, whenMissing: WhenMissing): Service {
  const { paths = [], from, poll, largest } = settings.maildirs;
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let seen: Seen | undefined;
  let timer: NodeJS.Timeout | undefined;
  let committing: Promise<void> = Promise.resolve();
  return {
    name: 'maildirs',
    async start(fatal) {
      const own = ownPlaces(dataDir, maildirsOf(settings));
      const roots = await realRoots(paths, own, whenMissing);
      const { opened } = journal;
      const known = new Seen(join(dataDir, 'maildirs', 'taken.db'));
      seen = known;
      catchUp(known, opened.layout, opened.tail.position);
      if (from === 'start') known.forgetPassed();
      const session = createIdSource(Date.now, randomInt).next();
      const means = { journal: opened, emit: hub.emit, session, largest };
      const followers = followersOf(
        { roots, from, poll },
        { seen: known, emit: hub.emit, isOwn: ownFolders(own), take: (found) => takeMessage(found, means) },
      );
      const commit = async () => {
        // What is on disk now is marked once all that is under way now is done.
        const { position } = opened.tail;
        await Promise.all(followers.map((follower) => follower.settled()));
        known.commit(position);
      };
      timer = setInterval(() => {
        committing = committing.then(commit).catch(fatal);
      }, commitEvery);
      running = Promise.all(followers.map((follower) => follower.run(stop.signal)));
      running.catch(fatal);
    },
    async stop() {
      clearInterval(timer);
      stop.abort();
      await running.catch(() => undefined);
      await committing;
      seen?.close();
    },
  };
}

function maildirsOf({ outputs }: Settings): readonly string[] {
  return Object.values(outputs).flatMap((output) => (output.type === 'maildir' && output.path ? [output.path] : []));
}
