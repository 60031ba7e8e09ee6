import { appendFileSync, chownSync, existsSync, readFileSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errno } from '../../errors.ts';
import { keywordsAgree, withoutKeywords } from './keywords.ts';
import { foldersOf, messagesIn, subscriptionsOf, type SourceFolder, type SourceMessage } from './source.ts';
import { TargetFolder, type Owner } from './target-folder.ts';

export interface Places {
  readonly source: string;
  readonly target: string;
  readonly owner: Owner;
}

/** How one folder stands; it changes while messages are copied. */
export interface FolderRun {
  readonly folder: SourceFolder;
  copied: number;
  /** Messages that the target had already. */
  present: number;
  /** Messages that somebody has removed since they were listed. */
  vanished: number;
  bytes: number;
}

/** Whether anything is written, or only counted. */
export type Earnest = 'copy' | 'count';

export function planRuns({ source }: Places): FolderRun[] {
  return foldersOf(source).map((folder) => ({ folder, copied: 0, present: 0, vanished: 0, bytes: 0 }));
}

/** Copies what the target does not have. Cut off anywhere it can be begun again: what is there is not copied twice. */
export async function migrateFolder(
  { source, target, owner }: Places,
  run: FolderRun,
  earnest: Earnest,
  signal: AbortSignal,
): Promise<void> {
  const { name, messages } = run.folder;
  const from = join(source, name);
  const into = new TargetFolder(join(target, name), owner);
  if (earnest === 'copy') {
    into.make();
    if (name !== '') into.mark();
  }
  const keepsKeywords = earnest === 'copy' && keywordsAgree(from, join(target, name), owner);
  for (const listed of messages) {
    if (signal.aborted) break;
    // So that a terminal can be drawn, and Ctrl-C be heard.
    await setImmediate();
    const found = read(from, listed);
    if (found === undefined) run.vanished++;
    else if (into.has(found.bytes)) run.present++;
    else {
      const kept = keepsKeywords ? found.message.name : withoutKeywords(found.message.name);
      if (earnest === 'copy') into.put(found.bytes, { ...found.message, name: kept }, found.stats);
      run.copied++;
      run.bytes += found.bytes.length;
    }
  }
  if (earnest === 'copy') into.sync();
}

/** Folders to which the user listened before. */
export function migrateSubscriptions({ source, target, owner }: Places): number {
  const had = new Set(subscriptionsOf(target));
  const missing = subscriptionsOf(source).filter((line) => !had.has(line) && !line.startsWith('V\t'));
  if (missing.length === 0) return 0;
  const path = join(target, 'subscriptions');
  const isNew = !existsSync(path);
  appendFileSync(path, missing.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  if (isNew) chownSync(path, owner.uid, owner.gid);
  return missing.length;
}

interface Read {
  readonly bytes: Buffer;
  readonly stats: Stats;
  readonly message: SourceMessage;
}

/** A message that a mail program has opened or marked since has another name; the same one is meant. */
function read(folder: string, message: SourceMessage): Read | undefined {
  try {
    const path = join(folder, message.part, message.name);
    return { bytes: readFileSync(path), stats: statSync(path), message };
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error;
    const unique = message.name.split(/[:;]/, 1)[0]!;
    const now = messagesIn(folder).find(({ name }) => name.split(/[:;]/, 1)[0] === unique && name !== message.name);
    return now && read(folder, now);
  }
}
