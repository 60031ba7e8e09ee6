// Runs begin only where no letter or digit comes before: then no position is looked at more than a few times.
const dotted = /(?<![0-9A-Za-z])[0-9A-Za-z]+(?:\.[0-9A-Za-z]+){3,}/g;
const dashed = /(?<![0-9A-Za-z])[0-9A-Za-z]+(?:-[0-9A-Za-z]+){3,}/g;

/** Words of letters and digits with a dot between each two, at least four of them. */
export function dottedRuns(text: string): Iterable<readonly string[]> {
  return runs(text, dotted, '.');
}

export function dashedRuns(text: string): Iterable<readonly string[]> {
  return runs(text, dashed, '-');
}

function* runs(text: string, pattern: RegExp, separator: string): Generator<readonly string[]> {
  for (const [run] of text.matchAll(pattern)) yield run.split(separator);
}
