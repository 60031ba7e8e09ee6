const first = 250;
const longest = 60_000;

/** How long to wait after so many failed attempts: doubling, bounded, and spread so that many do not come at once. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(longest, first * 2 ** Math.min(attempt - 1, 20));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
