import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../errors.ts';
import { everyPart, findMessages, keptParts, pathOf, type FoundMessage, type Part } from './find.ts';
import { withFlag, type Flag } from './flags.ts';

type Matches = (name: string) => boolean;

/** A client may rename a file between the look and the deed. One that does so every time is left alone. */
const looks = 5;

/** Removes the messages in these folders whose names match, and says whether there was any. */
export function removeMessages(directories: readonly string[], matches: Matches): Promise<boolean> {
  return onEach(directories, everyPart, matches, (found) => unlink(pathOf(found)));
}

/** Adds the flag to the messages in these folders whose names match, and says whether there was any. */
export function addFlag(directories: readonly string[], matches: Matches, flag: Flag): Promise<boolean> {
  return onEach(directories, keptParts, matches, (found) =>
    rename(pathOf(found), join(found.directory, 'cur', withFlag(found.name, flag))),
  );
}

async function onEach(
  directories: readonly string[],
  parts: readonly Part[],
  matches: Matches,
  act: (found: FoundMessage) => Promise<void>,
): Promise<boolean> {
  let count = 0;
  let isSettled = false;
  for (let look = 0; look < looks && !isSettled; look++) {
    isSettled = true;
    for await (const found of findMessages(directories, parts, matches)) {
      try {
        await act(found);
        count++;
      } catch (error) {
        if (errno(error) !== 'ENOENT') throw error;
        isSettled = false;
      }
    }
  }
  return count > 0;
}
