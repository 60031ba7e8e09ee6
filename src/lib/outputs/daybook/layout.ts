import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../../errors.ts';
import type { KeptDay } from './day-figures.ts';
import type { KeptMailed, KeptRules, KeptState } from './kept.ts';
import { StateFile } from './state-file.ts';

// <data dir>/daybook/
//   state.json        how far everything here reaches in the journal
//   2026-11-20.json   what was counted of a day
//   rules.json        how often each rule has ever matched
//   mailed.json       what the mail of a day shows
//   *.damaged         what was found damaged: the last of each name

export interface DaybookLayout {
  readonly root: string;
  readonly state: StateFile<KeptState>;
  readonly rules: StateFile<KeptRules>;
  readonly mailed: StateFile<KeptMailed>;
  day(day: string): StateFile<KeptDay>;
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

export function daybookLayout(dataDir: string): DaybookLayout {
  const root = join(dataDir, 'daybook');
  return {
    root,
    state: new StateFile(join(root, 'state.json')),
    rules: new StateFile(join(root, 'rules.json')),
    mailed: new StateFile(join(root, 'mailed.json')),
    day: (day) => new StateFile(join(root, `${day}.json`)),
  };
}

/** `YYYY-MM-DD`: what may become the name of a file. */
export function isDay(text: string): boolean {
  return dayPattern.test(text);
}

/** The days that have a file, oldest first. */
export function listDays({ root }: DaybookLayout): string[] {
  try {
    return readdirSync(root)
      .filter((name) => name.endsWith('.json') && isDay(name.slice(0, -'.json'.length)))
      .map((name) => name.slice(0, -'.json'.length))
      .sort();
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
}
