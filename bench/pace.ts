/** How long things are looked at. */
export interface Pace {
  /** Seconds of load before the measured load: every server here is faster after its first second. */
  readonly warmUp: number;
  /** Seconds that a measured load is meant to last; the number of messages follows from the warm-up. */
  readonly seconds: number;
  /** Messages of a burst, which is a number and not a time. */
  readonly burst: number;
}

export const fullPace: Pace = { warmUp: 1.2, seconds: 3, burst: 100_000 };
export const quickPace: Pace = { warmUp: 0.8, seconds: 1.5, burst: 30_000 };
