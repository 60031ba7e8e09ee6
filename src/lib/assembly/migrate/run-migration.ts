import { statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { Listr, type ListrTask } from 'listr2';
import { exitCodes, type ExitCode } from '../../errors.ts';
import {
  migrateFolder,
  migrateSubscriptions,
  planRuns,
  type Earnest,
  type FolderRun,
  type Places,
} from '../../setup/migrate/migrate.ts';
import { checkPlaces } from '../../setup/migrate/source.ts';
import { printable } from '../../text/printable.ts';
import { formatSize } from '../../text/units.ts';

export interface MigrationWishes {
  readonly source: string;
  readonly target: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly earnest: Earnest;
}

export type MigrationShown = 'json' | 'lines';

const redraw = 250;

/** The whole of `spamtrap mail migrate`. */
export async function runMigration(wishes: MigrationWishes, shown: MigrationShown): Promise<ExitCode> {
  const { source, target, earnest } = wishes;
  checkPlaces(source, target);
  const places = { source, target, owner: ownerFor(wishes) };
  const runs = planRuns(places);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    if (shown === 'lines' && process.stdout.isTTY) await onTerminal(places, runs, earnest, stop.signal);
    else {
      for (const run of runs) {
        await migrateFolder(places, run, earnest, stop.signal);
        process.stdout.write(`${shown === 'json' ? JSON.stringify(recordOf(run)) : textOf(run, earnest)}\n`);
      }
    }
    if (stop.signal.aborted) return exitCodes.interrupted;
    if (earnest === 'copy') migrateSubscriptions(places);
    return exitCodes.done;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Whoever has the target, or the folder in which it is made; root's folders are nobody's, and mail stays whose it was. */
function ownerFor({ source, target, uid, gid }: MigrationWishes): Places['owner'] {
  const around = statOfNearest(target);
  const has = around.uid === 0 ? statSync(source) : around;
  return { uid: uid ?? has.uid, gid: gid ?? has.gid };
}

function statOfNearest(path: string): Stats {
  return statSync(path, { throwIfNoEntry: false }) ?? statOfNearest(dirname(path));
}

async function onTerminal(
  places: Places,
  runs: readonly FolderRun[],
  earnest: Earnest,
  signal: AbortSignal,
): Promise<void> {
  const tasks = runs.map((run): ListrTask => {
    return {
      title: nameOf(run),
      async task(_, task) {
        // It is the reader's eye that sets this pace.
        const timer = setInterval(() => (task.title = textOf(run, earnest)), redraw);
        await migrateFolder(places, run, earnest, signal).finally(() => clearInterval(timer));
        task.title = textOf(run, earnest);
      },
    };
  });
  // Ctrl-C is for the command to see to.
  await new Listr(tasks, { registerSignalListeners: false }).run();
}

function textOf(run: FolderRun, earnest: Earnest): string {
  const { copied, present, vanished, bytes, folder } = run;
  const done = copied + present + vanished;
  const verb = earnest === 'copy' ? 'copied' : 'to copy';
  return [
    `${nameOf(run)}: ${done} of ${folder.messages.length}, ${copied} ${verb} (${formatSize(bytes)})`,
    ...(present > 0 ? [`${present} there already`] : []),
    ...(vanished > 0 ? [`${vanished} gone meanwhile`] : []),
  ].join(', ');
}

function nameOf({ folder: { name } }: FolderRun): string {
  return name === '' ? 'INBOX' : printable(name.slice(1));
}

function recordOf({ folder, copied, present, vanished, bytes }: FolderRun): object {
  return { folder: folder.name.slice(1) || 'INBOX', found: folder.messages.length, copied, present, vanished, bytes };
}
