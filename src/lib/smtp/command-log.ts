import type { CommandSeen, PeerText } from '../capture/capture.ts';

// A scanner's test of all ways to relay has some fifty.
const mostLines = 80;
const mostCharacters = 4096;

/** Remembers commands word for word, within bounds: their order, spelling and pace tell one client from another. */
export class CommandLog {
  #first = nothingYet;
  #recent: Lines | undefined;

  /** The first commands of all. */
  get first(): readonly CommandSeen[] {
    return this.#first.seen;
  }

  add(after: number, line: PeerText): void {
    this.#first = withLine(this.#first, after, line);
    if (this.#recent) this.#recent = withLine(this.#recent, after, line);
  }

  /** Those since the last time. */
  takeRecent(): readonly CommandSeen[] {
    const { seen } = this.#recent ?? this.#first;
    this.#recent = nothingYet;
    return seen;
  }
}

interface Lines {
  readonly seen: readonly CommandSeen[];
  /** Characters for which there is room. */
  readonly room: number;
}

// Shared by all who have said nothing. What grows by one each time takes no more room than it needs, and thousands of
// idle connections hold a line each.
const nothingYet: Lines = { seen: [], room: mostCharacters };

function withLine(lines: Lines, after: number, line: PeerText): Lines {
  const { seen, room } = lines;
  if (seen.length >= mostLines || room <= 0) return lines;
  const kept = line.length > room ? line.slice(0, room) : line;
  return { seen: [...seen, [after, kept]], room: room - kept.length };
}
