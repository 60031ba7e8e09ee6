import { median } from './median.ts';
import { isMet, type Measured, type Row } from './row.ts';

export type Verdict = 'met' | 'not met' | 'failed' | 'left out' | 'no target';

export interface Result {
  readonly row: Row;
  readonly verdict: Verdict;
  /** One for each round. */
  readonly measured: readonly Measured[];
  readonly median?: Measured;
  /** Why it failed or was left out. */
  readonly why?: string;
}

export function judge(row: Row, measured: readonly Measured[], failure: string | undefined): Result {
  if (failure !== undefined) return { row, verdict: 'failed', measured, why: failure };
  const middle = {
    value: median(measured.map(({ value }) => value)),
    ...medianOf('ours', measured),
    ...medianOf('peer', measured),
  };
  const verdict = row.target ? (isMet(row.target, middle.value) ? 'met' : 'not met') : 'no target';
  return { row, verdict, measured, median: middle };
}

export function leftOut(row: Row, why: string): Result {
  return { row, verdict: 'left out', measured: [], why };
}

function medianOf(part: 'ours' | 'peer', measured: readonly Measured[]): Partial<Measured> {
  const values = measured.map((each) => each[part]).filter((value) => value !== undefined);
  return values.length > 0 ? { [part]: median(values) } : {};
}
