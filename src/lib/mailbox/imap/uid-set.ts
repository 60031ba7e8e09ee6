/** What fits into one command: longer lines are refused by some servers. */
const rangesInOne = 400;

/** UIDs as sequence sets of RFC 3501, `1:5,7`, in as many as it takes for each to fit into a command. */
export function uidSets(uids: readonly string[], mostUids = Number.MAX_SAFE_INTEGER): readonly UidSet[] {
  const sorted = uids.map(Number).toSorted((one, other) => one - other);
  const sets: UidSet[] = [];
  let ranges: string[] = [];
  let count = 0;
  const finish = () => {
    if (ranges.length > 0) sets.push({ text: ranges.join(','), count });
    ranges = [];
    count = 0;
  };
  for (let at = 0; at < sorted.length;) {
    const first = sorted[at]!;
    let last = first;
    const room = mostUids - count;
    for (at++; at < sorted.length && sorted[at]! <= last + 1 && last - first + 1 < room; at++) last = sorted[at]!;
    ranges.push(first === last ? String(first) : `${first}:${last}`);
    count += last - first + 1;
    if (ranges.length === rangesInOne || count >= mostUids) finish();
  }
  finish();
  return sets;
}

export interface UidSet {
  readonly text: string;
  readonly count: number;
}
