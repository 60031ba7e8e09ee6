/** A place between two records. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

export const origin: Position = { segment: 0, offset: 0 };

export function isBefore(a: Position, b: Position): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

export function describePosition({ segment, offset }: Position): string {
  return `segment ${segment}, byte ${offset}`;
}
