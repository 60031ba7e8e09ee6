import type { Group, Round } from './group.ts';
import { judge, type Result } from './result.ts';
import type { Measured, Row } from './row.ts';

export interface Plan extends Omit<Round, 'say'> {
  readonly rounds: number;
  readonly tell: (line: string) => void;
}

/** Measures the wanted rows of these groups; a group that fails does not keep the others from being measured. */
export async function runGroups(groups: readonly Group[], plan: Plan): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  for (const group of groups) {
    const rows = group.rows.filter(({ name }) => plan.rows.has(name));
    if (rows.length === 0) continue;
    for (const result of await runGroup(group, rows, plan)) results.set(result.row.name, result);
  }
  return results;
}

async function runGroup(group: Group, rows: readonly Row[], plan: Plan): Promise<Result[]> {
  const rounds: ReadonlyMap<string, Measured>[] = [];
  const count = group.isLong ? 1 : plan.rounds;
  let failure: string | undefined;
  for (let index = 1; index <= count && failure === undefined; index++) {
    const say = (text: string) => plan.tell(`${group.name.padEnd(11)} ${index}/${count}  ${text}`);
    try {
      rounds.push(await group.measure({ ...plan, say }));
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      say(`failed: ${failure}`);
    }
  }
  return rows.map((row) => {
    const measured = rounds.map((round) => round.get(row.name)).filter((each) => each !== undefined);
    return judge(row, measured, failure);
  });
}
