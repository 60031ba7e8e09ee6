import type { Origin } from '../document/written.ts';

export interface LayeredText {
  readonly text: string;
  readonly origin: Origin;
}

/** Texts by dotted key, from one source that overrides the file. */
export type Layer = ReadonlyMap<string, LayeredText>;

/** What a flag said, as it stood on the command line. */
export interface FlagText {
  /** As the operator typed it: `--port`. */
  readonly flag: string;
  readonly value: string;
}

export type FlagTexts<Key extends string = string> = { readonly [K in Key]?: FlagText | undefined };

export function flagLayer(flags: FlagTexts, cwd: string): Layer {
  const layer = new Map<string, LayeredText>();
  for (const [key, given] of Object.entries(flags)) {
    if (given !== undefined) layer.set(key, { text: given.value, origin: { text: given.flag, folder: cwd } });
  }
  return layer;
}
