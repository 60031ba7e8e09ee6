/** Less than this may be the network, or a machine that is busy. */
const noticeable = 500;
/** A server that makes others wait does so in round numbers. */
const step = 500;

/** Whether a reply took clearly longer than most. */
export function isLate(ms: number, most: readonly number[]): boolean {
  return ms > 3 * median(most) + noticeable;
}

/** By how many milliseconds it comes later than most, as somebody might have set it; 0 when it is not late. */
export function lateness(ms: number, most: readonly number[]): number {
  return isLate(ms, most) ? Math.max(step, Math.round((ms - median(most)) / step) * step) : 0;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
