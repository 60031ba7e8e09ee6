import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../errors.ts';

export type Part = 'tmp' | 'new' | 'cur';

/** A message where it was a moment ago: clients move and rename files at any time. */
export interface FoundMessage {
  /** The directory of the folder. */
  readonly directory: string;
  readonly part: Part;
  readonly name: string;
}

/** In the order in which messages move, so that none slips from one part to the next unseen. */
export const keptParts: readonly Part[] = ['new', 'cur'];
export const everyPart: readonly Part[] = ['tmp', 'new', 'cur'];

/** Names are looked at as they are read: a folder may hold a million, and other work goes on between them. */
export async function* findMessages(
  directories: readonly string[],
  parts: readonly Part[],
  matches: (name: string) => boolean,
): AsyncGenerator<FoundMessage> {
  for (const directory of directories) {
    for (const part of parts) {
      for await (const name of namesIn(join(directory, part))) if (matches(name)) yield { directory, part, name };
    }
  }
}

export function pathOf({ directory, part, name }: FoundMessage): string {
  return join(directory, part, name);
}

async function* namesIn(directory: string): AsyncGenerator<string> {
  try {
    for await (const { name } of await opendir(directory, { bufferSize: 1024 })) yield name;
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error;
  }
}
