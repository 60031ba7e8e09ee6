let lastMs = Number.NaN;
let lastText = '';

/** A moment as ISO 8601 in UTC. Events come by the thousand in a second, and the same millisecond is told often. */
export function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString();
  }
  return lastText;
}
