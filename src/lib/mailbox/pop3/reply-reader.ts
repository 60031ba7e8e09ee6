const lineEnd = Buffer.from('\r\n');
const lineEndAndDot = Buffer.from('\r\n.');
const dot = 0x2e;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Of a status line. RFC 2449 allows 512; servers write more. Lines of a message may have any length. */
const longestLine = 8 * 2 ** 10;

/** Whether a reply ends with its first line, or has lines behind it when it is positive. */
export type ReplyShape = 'one line' | 'lines';

export interface Status {
  readonly kind: 'status';
  readonly ok: boolean;
  /** The response code in brackets (RFC 2449), e.g. `IN-USE`, `SYS/TEMP`. */
  readonly code: string | undefined;
  readonly text: string;
}

export type ReplyPart = Status | { readonly kind: 'piece'; readonly bytes: Buffer } | { readonly kind: 'end' };

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

  /** Whether bytes are left that no reply has been taken from. */
  get hasMore(): boolean {
    return this.#waiting.length > 0;
  }

  push(bytes: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
  }

  /** The next part, or undefined when more bytes are needed. Throws NoReply. */
  next(): ReplyPart | undefined {
    return this.#inBody ? this.#bodyPart() : this.#status();
  }

  #status(): Status | undefined {
    if (this.#expected.length === 0) return undefined;
    const end = this.#waiting.indexOf(lineEnd);
    if (end === -1 ? this.#waiting.length > longestLine : end > longestLine) throw new NoReply('its line does not end');
    if (end === -1) return undefined;
    const line = this.#take(end + lineEnd.length).toString('utf8', 0, end);
    const [, sign, code, text] = /^(\+OK|-ERR)(?: +\[([^\]]{1,64})\])? *(.*)$/is.exec(line) ?? [];
    if (sign === undefined) {
      // In a SASL exchange the server may ask for more.
      if (/^\+(?: |$)/.test(line)) return { kind: 'status', ok: true, code: '+', text: line.slice(2) };
      throw new NoReply('it begins with neither +OK nor -ERR');
    }
    const ok = sign.toUpperCase() === '+OK';
    this.#inBody = this.#expected.shift() === 'lines' && ok;
    this.#atLineStart = this.#inBody;
    return { kind: 'status', ok, code: code?.toUpperCase(), text: text ?? '' };
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
