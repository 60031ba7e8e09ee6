import { Fault } from '../../errors.ts';
import { daybookLayout, isDay } from './layout.ts';
import type { RuleHit } from './rule-hits.ts';
import type { State, StateFile } from './state-file.ts';
import { summarize, usualRanks, type DaySummary } from './summary.ts';

// For other processes, while a sensor counts: what they see is as of its last checkpoint.

/** What a day was like, with so many of the most frequent of everything; undefined when nothing was counted. */
export function daySummary(dataDir: string, day: string, most = usualRanks): DaySummary | undefined {
  if (!isDay(day)) return undefined;
  const kept = sound(daybookLayout(dataDir).day(day));
  return kept && summarize(kept, most);
}

/** How often each rule has matched since the daybook was begun, and when last. */
export function ruleHits(dataDir: string): ReadonlyMap<string, RuleHit> {
  return new Map(sound(daybookLayout(dataDir).rules)?.hits);
}

function sound<Kept extends State>(file: StateFile<Kept>): Kept | undefined {
  const state = file.read();
  if (state !== 'damaged') return state;
  throw new Fault(`${file.path} is damaged.`, {
    code: 'daybook.damaged',
    fix: 'Start the sensor again: it sets the file aside and counts anew what the journal still has.',
  });
}
