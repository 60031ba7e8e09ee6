import { Fault } from '../../errors.ts';
import { ruleHits } from '../../outputs/daybook/read-daybook.ts';
import { existingJournal } from '../data-dirs.ts';
import type { HitsOf } from './rule-words.ts';

/** How often each rule has matched in a sensor, as its daybook has it; nothing where there is no sensor. */
export function countedHits(dataDir: string | undefined): HitsOf {
  const hits = hitsIn(dataDir);
  return (rule) => hits?.get(rule);
}

function hitsIn(dataDir: string | undefined): ReturnType<typeof ruleHits> | undefined {
  try {
    return ruleHits(existingJournal(dataDir).dataDir);
  } catch (error) {
    // Whoever names a sensor wants to hear that it is not there; a list of rules needs none.
    if (dataDir === undefined && error instanceof Fault) return undefined;
    throw error;
  }
}
