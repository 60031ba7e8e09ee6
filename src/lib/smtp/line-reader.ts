import { peerText } from '../text/peer-text.ts';
import type { PeerText } from '../capture/capture.ts';

const LF = 0x0a;
const CR = 0x0d;

/** How much of a line is read, and what becomes of one that is longer. */
export interface LineLimit {
  readonly most: number;
  readonly beyond: 'cut' | 'refused';
}

/** `next` is where the input goes on; what stands before it is done with. */
export type LineReading =
  | { readonly is: 'line'; readonly line: PeerText; readonly next: number; readonly isCut: boolean }
  /** A refused line, told once; the rest of it is passed over by the next readings. */
  | { readonly is: 'tooLong'; readonly next: number }
  | { readonly is: 'passedOver'; readonly next: number }
  /** Its end has not come; of a line that will be cut this is all that is needed. */
  | { readonly is: 'incomplete'; readonly kept: Buffer };

/** Takes lines out of what a peer sends. The rest of a line that is too long is no new line, whatever it says. */
export class LineReader {
  #isPassingOver = false;

  read(input: Buffer, at: number, { most, beyond }: LineLimit): LineReading {
    const end = input.indexOf(LF, at);
    if (this.#isPassingOver) {
      this.#isPassingOver = end < 0;
      return { is: 'passedOver', next: end < 0 ? input.length : end + 1 };
    }
    const length = (end < 0 ? input.length : end) - at;
    const isCut = length > most;
    if (isCut && beyond === 'refused') {
      this.#isPassingOver = true;
      return { is: 'tooLong', next: at + most };
    }
    if (end < 0) return { is: 'incomplete', kept: isCut ? Buffer.from(input.subarray(at, at + most + 1)) : input };
    const lineEnd = isCut ? at + most : end > at && input[end - 1] === CR ? end - 1 : end;
    return { is: 'line', line: peerText(input.subarray(at, lineEnd)), next: end + 1, isCut };
  }
}
