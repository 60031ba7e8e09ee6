import type { Noise } from './machine/noise.ts';
import type { Options } from './options.ts';
import type { Result } from './result.ts';

/** The results for programs: the same figures as the table, not rounded. */
export function jsonReport(results: readonly Result[], noise: Noise, options: Options, started: Date): string {
  return JSON.stringify({
    started: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 1_000),
    node: process.versions.node,
    quick: options.quick,
    rounds: options.rounds,
    machine: noise,
    rows: results.map(({ row, verdict, measured, median, why }) => ({
      name: row.name,
      about: row.about,
      unit: row.unit,
      partsUnit: row.partsUnit,
      target: row.target,
      verdict,
      why,
      median,
      rounds: measured,
    })),
  });
}
