import type { EventEmitter } from 'node:events';
import type { Settings } from '../../config/schema.ts';
import { exitCodes, Fault, type ExitCode } from '../../errors.ts';
import { existingJournal } from '../data-dirs.ts';
import { Judges } from '../judges/follow-judges.ts';
import { placesIn } from '../places.ts';
import { keepingOf } from '../look-back/open-look-back.ts';
import { IndexKeeper, type IndexStep } from './index-keeper.ts';

export interface Keep {
  readonly settings: Settings;
  readonly tell: (step: IndexStep) => void;
  /** Where SIGINT and SIGTERM are heard. */
  readonly signals: EventEmitter;
  readonly notice: (sentence: string) => void;
  readonly work: (keeper: IndexKeeper, judges: Judges, signal: AbortSignal) => Promise<void>;
}

export interface KeptIndex {
  readonly entries: number;
  readonly added: number;
  readonly seconds: number;
  readonly exitCode: ExitCode;
}

/** Does something to the index that only one process at a time may do, until it is done or a signal comes. */
export async function keepIndex({ settings, tell, notice, signals, work }: Keep): Promise<KeptIndex> {
  const { dataDir } = existingJournal(settings.dataDir);
  const placeOf = await placesIn(settings.geo.files ?? []);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  let added = 0;
  const keeper = IndexKeeper.open({
    dataDir,
    keeping: keepingOf(settings),
    placeOf,
    now: Date.now,
    signal: stop.signal,
    tell: (step) => {
      added = step.added;
      tell(step);
    },
  });
  if (keeper === undefined) throw takenByAnother(dataDir);
  const judges = new Judges({ settings, dataDir, notice });
  const began = performance.now();
  for (const name of ['SIGINT', 'SIGTERM']) signals.on(name, onSignal);
  try {
    await work(keeper, judges, stop.signal);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const exitCode = stop.signal.aborted ? exitCodes.interrupted : exitCodes.done;
    return { entries: keeper.progress.entries, added, seconds, exitCode };
  } finally {
    for (const name of ['SIGINT', 'SIGTERM']) signals.off(name, onSignal);
    judges.close();
    await keeper.close();
  }
}

function takenByAnother(dataDir: string): Fault {
  return new Fault(`Another process is keeping the index of ${dataDir} up to date.`, {
    code: 'index.locked',
    fix: 'Nothing need be done: it is kept. For a rebuild, stop that process first ("index.live", or "index update").',
    exit: exitCodes.locked,
  });
}
