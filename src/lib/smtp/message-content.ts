import type { ContentTraits } from '../capture/capture.ts';
import type { SmtpLimits } from './limits.ts';
import type { Occasion } from './persona.ts';

const CR = 0x0d;
const LF = 0x0a;

type Overrun = 'messageSize' | 'header' | 'contentLine';

const refusals: Readonly<Record<Overrun, Occasion>> = {
  messageSize: 'messageTooBig',
  header: 'headerTooBig',
  contentLine: 'contentLineTooLong',
};

/**
 * What has come in of one message: how much, how it is made, and whether it is still within the limits. How the content
 * is cut on its way makes no difference: the limit that is passed at the earlier byte is the one.
 */
export class MessageContent {
  readonly #limits: SmtpLimits;
  #length = 0;
  #bareCr = 0;
  #bareLf = 0;
  #endsWithCr = false;
  #endsWithLf = false;
  #lineStart = 0;
  #headerEnded = false;
  #overrun: Overrun | undefined;
  #overrunAt = Infinity;

  constructor(limits: SmtpLimits) {
    this.#limits = limits;
  }

  /** The limit that was passed; nothing of the message is kept then. */
  get overrun(): Overrun | undefined {
    return this.#overrun;
  }

  get refusal(): Occasion | undefined {
    return this.#overrun && refusals[this.#overrun];
  }

  get traits(): ContentTraits {
    return { bareCr: this.#bareCr + (this.#endsWithCr ? 1 : 0), bareLf: this.#bareLf };
  }

  /** As a server counts that stores lines and gives each a CRLF. */
  get lengthOfLines(): number {
    return this.#length + this.#bareLf + (this.#length === 0 || this.#endsWithLf ? 0 : 2);
  }

  take(bytes: Buffer): void {
    if (this.#overrun !== undefined || bytes.length === 0) return;
    // Searching in a string is several times faster than in a buffer, copy included.
    this.#look(bytes.toString('latin1'));
    this.#length += bytes.length;
    this.#hold('messageSize', this.#length, this.#limits.messageSize, 0);
  }

  #look(text: string): void {
    this.#countBareCr(text);
    let at = 0;
    for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', at)) {
      const afterCr = lf === 0 ? this.#endsWithCr : text.charCodeAt(lf - 1) === CR;
      if (!afterCr) this.#bareLf++;
      const length = this.#judgeLine(this.#length + lf - (afterCr ? 1 : 0), this.#length + lf + 1);
      if (length === 0) this.#headerEnded = true;
      at = lf + 1;
      this.#lineStart = this.#length + at;
    }
    this.#endsWithCr = text.charCodeAt(text.length - 1) === CR;
    this.#endsWithLf = at === text.length;
    const end = this.#length + text.length - (this.#endsWithCr ? 1 : 0);
    if (!this.#endsWithLf) this.#judgeLine(end, end);
  }

  #countBareCr(text: string): void {
    if (this.#endsWithCr && text.charCodeAt(0) !== LF) this.#bareCr++;
    for (let cr = text.indexOf('\r'); cr >= 0 && cr < text.length - 1; cr = text.indexOf('\r', cr + 1)) {
      if (text.charCodeAt(cr + 1) !== LF) this.#bareCr++;
    }
  }

  /** Returns the length of the line, of which `total` bytes are the end in the message. */
  #judgeLine(end: number, total: number): number {
    const length = Math.max(0, end - this.#lineStart);
    this.#hold('contentLine', length, this.#limits.contentLine, this.#lineStart);
    // A CR alone may yet turn out to begin the empty line.
    if (!this.#headerEnded && (length > 0 || total > end)) this.#hold('header', total, this.#limits.header, 0);
    return length;
  }

  #hold(limit: Overrun, amount: number, most: number | undefined, since: number): void {
    if (most === undefined || amount <= most || since + most >= this.#overrunAt) return;
    this.#overrun = limit;
    this.#overrunAt = since + most;
  }
}
