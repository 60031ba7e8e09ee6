import type { PeerText } from '../../capture/capture.ts';
import { peerText } from '../../text/peer-text.ts';

/** What a server answered: the texts of all lines, with line feeds between them. */
export interface Reply {
  readonly code: number;
  readonly text: PeerText;
}

export function isSuccess({ code }: Reply): boolean {
  return code >= 200 && code < 300;
}

export function isForNow({ code }: Reply): boolean {
  return code >= 400 && code < 500;
}

export function isForGood({ code }: Reply): boolean {
  return code >= 500 && code < 600;
}

/** As people know it: `550 5.1.1 No such user`. */
export function replyText({ code, text }: Reply): PeerText {
  return `${code} ${text}`.trimEnd();
}

export type ReplyReading =
  | { readonly is: 'incomplete' }
  | { readonly is: 'reply'; readonly reply: Reply }
  | { readonly is: 'nonsense'; readonly why: string };

// RFC 5321 allows 512 bytes; what servers put into a refusal is longer, and no honest one is as long as this.
const mostLineBytes = 2_048;
const mostReplyBytes = 16_384;

const LF = 0x0a;
const CR = 0x0d;
const line = /^([2-5]\d\d)(?:([ -])([^]*))?$/;

/** Takes replies out of what a server sends, and never holds more of it than a reply may have. */
export class ReplyReader {
  #held: Buffer = Buffer.alloc(0);
  #code: number | undefined;
  #texts: PeerText[] = [];
  #bytes = 0;

  take(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
  }

  /** Forgets what was sent so far: behind STARTTLS it would be a stranger's words in the server's mouth. */
  forget(): void {
    this.#held = Buffer.alloc(0);
    this.#begin();
  }

  next(): ReplyReading {
    for (;;) {
      const end = this.#held.indexOf(LF);
      if ((end < 0 ? this.#held.length : end) > mostLineBytes) return nonsense(`a line of over ${mostLineBytes} bytes`);
      if (end < 0) return { is: 'incomplete' };
      const read = this.#readLine(this.#held.subarray(0, end > 0 && this.#held[end - 1] === CR ? end - 1 : end));
      this.#held = this.#held.subarray(end + 1);
      if (read) return read;
    }
  }

  #readLine(bytes: Buffer): ReplyReading | undefined {
    this.#bytes += bytes.length + 2;
    if (this.#bytes > mostReplyBytes) return nonsense(`a reply of over ${mostReplyBytes} bytes`);
    const [, digits, separator, text = ''] = line.exec(peerText(bytes)) ?? [];
    if (digits === undefined) return nonsense('a line that is no reply of SMTP');
    const code = Number(digits);
    if (this.#code !== undefined && this.#code !== code) return nonsense('a reply with two codes');
    this.#code = code;
    this.#texts.push(text);
    if (separator === '-') return undefined;
    const reply = { code, text: this.#texts.join('\n') };
    this.#begin();
    return { is: 'reply', reply };
  }

  #begin(): void {
    this.#code = undefined;
    this.#texts = [];
    this.#bytes = 0;
  }
}

function nonsense(what: string): ReplyReading {
  return { is: 'nonsense', why: `the server sent ${what}` };
}
