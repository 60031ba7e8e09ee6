import { exitCodes, Fault } from '../../errors.ts';
import { rankingNames, type RankingName } from '../../index/rankings.ts';
import { nearest } from '../../text/nearest.ts';
import { printableWithin } from '../../text/printable.ts';
import { parseDuration } from '../../text/units.ts';

export function rankingsFrom(names: readonly string[]): readonly RankingName[] {
  return names.map((name) => {
    const known = rankingNames.find((each) => each === name.toLowerCase());
    if (known) return known;
    const meant = nearest(name, rankingNames);
    throw usage(
      `--by ${printableWithin(name, 40)}: nothing is counted by that.`,
      meant ? `Did you mean ${meant}?` : `What is counted: ${rankingNames.join(', ')}.`,
    );
  });
}

export function stretchFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const stretch = parseDuration(text);
  if (stretch !== undefined && stretch >= 1_000) return stretch;
  throw usage(`--every ${printableWithin(text, 40)}: that is no stretch of time.`, 'Write for example 15m, 1h or 1d.');
}

function usage(message: string, fix: string): Fault {
  return new Fault(message, { code: 'usage', fix, exit: exitCodes.usage });
}
