const LF = 0x0a;

/** A header field at the top of a message: its name in lower case, and where it ends, with all its lines. */
export interface TopHeader {
  readonly name: string;
  readonly end: number;
}

// RFC 5322, 2.2: printable ASCII without the colon; the obsolete form may leave blanks before that.
const fieldName = /^([!-9;-~]+)[ \t]*:/;
const mostNameBytes = 998;

/** The header fields of a message, as far as there are any. */
export function* topHeaders(content: Buffer): Generator<TopHeader> {
  for (let at = 0; at < content.length;) {
    let end = endOfLine(content, at);
    const [, name] = fieldName.exec(content.toString('latin1', at, Math.min(end, at + mostNameBytes))) ?? [];
    if (name === undefined) return;
    while (isBlank(content[end])) end = endOfLine(content, end);
    yield { name: name.toLowerCase(), end };
    at = end;
  }
}

function endOfLine(content: Buffer, at: number): number {
  const end = content.indexOf(LF, at);
  return end < 0 ? content.length : end + 1;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}
