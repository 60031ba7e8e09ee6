import { printableWithin } from '../text/printable.ts';

/** Where something was written, as a person can find it again. */
export interface Origin {
  readonly text: string;
  /** Relative paths written there begin here. */
  readonly folder: string;
}

/** A value as somebody wrote it, in a file, a variable or a flag, before any setting gave it a meaning. */
export type Written = WrittenScalar | WrittenList | WrittenMap;

export interface WrittenScalar {
  readonly form: 'scalar';
  readonly origin: Origin;
  readonly text: string;
  /** A key with nothing behind it, `~`, or `null`. */
  readonly empty: boolean;
}

export interface WrittenList {
  readonly form: 'list';
  readonly origin: Origin;
  readonly items: readonly Written[];
}

export interface WrittenMap {
  readonly form: 'map';
  readonly origin: Origin;
  readonly entries: ReadonlyMap<string, WrittenEntry>;
}

export interface WrittenEntry {
  readonly keyOrigin: Origin;
  readonly value: Written;
}

export function scalar(text: string, origin: Origin): WrittenScalar {
  return { form: 'scalar', origin, text, empty: false };
}

/** Undefined also for a key with nothing behind it, so that the default speaks. */
export function spoken(written: Written | undefined): Written | undefined {
  return written?.form === 'scalar' && written.empty ? undefined : written;
}

/** What was written, for a fault: short, and safe for a terminal. */
export function shownWritten(written: Written): string {
  if (written.form === 'list') return 'a list';
  if (written.form === 'map') return 'a group of keys';
  return written.empty ? 'nothing' : `"${printableWithin(written.text, 60)}"`;
}
