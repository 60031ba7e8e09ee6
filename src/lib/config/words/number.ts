import { scalarKind, type Kind } from './kind.ts';

export interface Range {
  readonly least?: number;
  readonly most?: number;
}

export function integer({ least = 0, most }: Range = {}): Kind<number> {
  return wholeNumber(`a whole number ${rangeText(least, most)}`, least, most ?? Number.MAX_SAFE_INTEGER);
}

export const port = wholeNumber('a port from 0 to 65535 (0: any free one)', 0, 65_535);

function wholeNumber(valid: string, least: number, most: number): Kind<number> {
  return scalarKind({
    valid,
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  });
}

function rangeText(least: number, most: number | undefined): string {
  return most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
}
