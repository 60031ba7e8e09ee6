const lineEnd = Buffer.from('\r\n');
const lineEndAndDot = Buffer.from('\r\n.');
const dot = 0x2e;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Of a line of a status or a listing. RFC 2449 allows 512; servers write more. Those of messages have no limit. */
export const longestLine = 8 * 2 ** 10;

/** Lines of more messages than any mailbox has. */
export const longestListing = 64 * 2 ** 20;

/**
 * Whether a reply ends with its first line, has lines behind it when it is positive, or may have questions before it,
 * as those to AUTH have.
 */
export type ReplyShape = 'one line' | 'lines' | 'exchange';

export interface Status {
  readonly kind: 'status';
  readonly ok: boolean;
  /** The response code in brackets (RFC 2449), e.g. `IN-USE`, `SYS/TEMP`. */
  readonly code: string | undefined;
  readonly text: string;
}

/** What the server wants to know before it gives its status (RFC 5034), in base64. */
export interface Question {
  readonly kind: 'question';
  readonly text: string;
}

export type ReplyPart =
  Status | Question | { readonly kind: 'piece'; readonly bytes: Buffer } | { readonly kind: 'end' };

/** What came is no POP3. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
}

/**
 * Takes replies apart as their bytes come, in the order in which they are expected. What stands behind a positive
 * status comes in pieces, exactly as it was before the server doubled its dots.
 */
export class ReplyReader {
  readonly #expected: ReplyShape[] = [];
  #waiting: Buffer = Buffer.alloc(0);
  #inBody = false;
  #atLineStart = false;

  expect(shape: ReplyShape): void {
    this.#expected.push(shape);
  }

  /** Whether the server has not yet said all that it was asked for. */
  get isOwed(): boolean {
    return this.#inBody || this.#expected.length > 0;
  }

  /** Whether bytes are left that no reply has been taken from. */
  get hasMore(): boolean {
    return this.#waiting.length > 0;
  }

  push(bytes: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
  }

  /** The next part, or undefined when more bytes are needed. Throws NoReply. */
  next(): ReplyPart | undefined {
    return this.#inBody ? this.#bodyPart() : this.#firstLine();
  }

  #firstLine(): Status | Question | undefined {
    const [shape] = this.#expected;
    if (shape === undefined) return undefined;
    const end = this.#waiting.indexOf(lineEnd);
    if ((end === -1 ? this.#waiting.length : end) > longestLine) throw new NoReply('its line does not end');
    if (end === -1) return undefined;
    const line = this.#take(end + lineEnd.length).toString('utf8', 0, end);
    if (shape === 'exchange' && /^\+(?: |$)/.test(line)) return { kind: 'question', text: line.slice(2) };
    const [, sign, code, text = ''] = /^(\+OK|-ERR)(?: +\[([^\]]{1,64})\])?(?: +(.*))?$/is.exec(line) ?? [];
    if (sign === undefined) throw new NoReply('it begins with neither +OK nor -ERR');
    const ok = sign.toUpperCase() === '+OK';
    this.#expected.shift();
    this.#inBody = shape === 'lines' && ok;
    this.#atLineStart = this.#inBody;
    return { kind: 'status', ok, code: code?.toUpperCase(), text };
  }

  #bodyPart(): ReplyPart | undefined {
    if (this.#atLineStart && this.#waiting[0] === dot) {
      const isEnd = this.#isEnd();
      if (isEnd === undefined) return undefined;
      this.#take(isEnd ? 3 : 1);
      this.#atLineStart = false;
      if (isEnd) {
        this.#inBody = false;
        return { kind: 'end' };
      }
    }
    const length = this.#pieceLength();
    if (length === 0) return undefined;
    const bytes = this.#take(length);
    this.#atLineStart = bytes.length >= 2 && bytes.at(-1) === lineFeed && bytes.at(-2) === carriageReturn;
    return { kind: 'piece', bytes };
  }

  /** Whether the dot at the start of a line is alone on it; undefined as long as that cannot be said. */
  #isEnd(): boolean | undefined {
    const [, second, third] = this.#waiting;
    if (second === undefined || (second === carriageReturn && third === undefined)) return undefined;
    return second === carriageReturn && third === lineFeed;
  }

  /** Up to the next line that begins with a dot, and no further than it is certain. */
  #pieceLength(): number {
    const before = this.#waiting.indexOf(lineEndAndDot);
    if (before !== -1) return before + lineEnd.length;
    // A carriage return at the end may be the first half of a line end.
    return this.#waiting.at(-1) === carriageReturn ? this.#waiting.length - 1 : this.#waiting.length;
  }

  #take(length: number): Buffer {
    const taken = this.#waiting.subarray(0, length);
    this.#waiting = this.#waiting.subarray(length);
    return taken;
  }
}
