import { formatSize } from '../text/units.ts';

export interface RoomSettings {
  readonly diskFloor: number;
  readonly maxSize: number;
  readonly freeBytes: () => Promise<number>;
  readonly usedBytes: () => Promise<number>;
}

/** Free bytes and used bytes are asked for again after this much was written, so that the answer is never far off. */
const recheckAfter = 16 * 2 ** 20;

/**
 * Whether the journal may grow. The disk is asked now and then, never on the way of a message; between two answers
 * the bytes written since are counted.
 */
export class Room {
  readonly #settings: RoomSettings;
  #free = Number.POSITIVE_INFINITY;
  #used = 0;
  #written = 0;
  #refreshing: Promise<void> | undefined;

  constructor(settings: RoomSettings) {
    this.#settings = settings;
  }

  /** Why so many bytes more are too many, or undefined when there is room. */
  shortage(bytes: number): string | undefined {
    const { diskFloor, maxSize } = this.#settings;
    if (this.#free - this.#written - bytes < diskFloor) {
      return `less than ${formatSize(diskFloor)} (journal.diskFloor) would be free on the disk`;
    }
    if (this.#used + this.#written + bytes > maxSize) {
      return `it would hold more than ${formatSize(maxSize)} (journal.maxSize)`;
    }
    return undefined;
  }

  count(bytes: number): void {
    this.#written += bytes;
    if (this.#written > recheckAfter) void this.refresh();
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#measure().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #measure(): Promise<void> {
    const before = this.#written;
    const [free, used] = await Promise.all([this.#settings.freeBytes(), this.#settings.usedBytes()]);
    this.#free = free;
    this.#used = used;
    this.#written -= before;
  }
}
