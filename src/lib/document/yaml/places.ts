import { printable } from '../../text/printable.ts';
import type { Origin } from '../written.ts';

/** Turns offsets in the text of a file into places that a person and an editor can go to. */
export interface Places {
  origin(offset: number): Origin;
  /** The text of the line that holds the offset, and where it begins. */
  lineAt(offset: number): { readonly text: string; readonly start: number };
}

export interface FileIdentity {
  /** The path as the operator knows it. */
  readonly shown: string;
  readonly folder: string;
}

export function placesIn(source: string, { shown, folder }: FileIdentity): Places {
  const starts = lineStarts(source);
  const file = printable(shown);
  return {
    origin(offset) {
      // A file of a megabyte holds half a million values, and only those with a fault or an effect need their place.
      return {
        folder,
        get text() {
          const line = lineOf(starts, offset);
          return `${file}:${line + 1}:${offset - starts[line]! + 1}`;
        },
      };
    },
    lineAt(offset) {
      const line = lineOf(starts, offset);
      const start = starts[line]!;
      return { text: source.slice(start, starts[line + 1] ?? source.length), start };
    },
  };
}

function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (const end of source.matchAll(/\r\n|\n|\r/g)) starts.push(end.index + end[0].length);
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
