import { DatabaseSync } from 'node:sqlite';
import type { ProbeState } from '../probe.ts';
import { deskLayout, hasDesk } from './layout.ts';

/** How a probe stands. */
export interface Fate {
  readonly id: string;
  readonly state: ProbeState;
  readonly changedAt: number;
}

/** How the probes stand that changed at a moment or later, for those who only look; nothing where there is no desk. */
export function fatesSince(dataDir: string, moment: number): readonly Fate[] {
  if (!hasDesk(dataDir)) return [];
  const database = new DatabaseSync(deskLayout(dataDir).database, { readOnly: true, timeout: 5_000 });
  try {
    const rows = database
      .prepare('SELECT id, state, changedAt FROM probes WHERE changedAt >= ? ORDER BY changedAt')
      .all(moment);
    return rows as unknown as readonly Fate[];
  } finally {
    database.close();
  }
}
