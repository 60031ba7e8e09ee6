import type { Group } from './group.ts';
import type { Measured } from './row.ts';

/** Groups under one name, for rows that belong together though their loads differ. */
export function joined(name: string, parts: readonly Group[]): Group {
  return {
    name,
    rows: parts.flatMap(({ rows }) => rows),
    async measure(round) {
      const measured = new Map<string, Measured>();
      for (const part of parts.filter(({ rows }) => rows.some((row) => round.rows.has(row.name)))) {
        for (const [row, figures] of await part.measure(round)) measured.set(row, figures);
      }
      return measured;
    },
  };
}
