/** Undoes the transfer encoding that a part declares; what is no such encoding stays as it is. */
export function undoTransferEncoding(body: Buffer, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return fromBase64(body.toString('latin1'));
    case 'quoted-printable':
      return fromQuotedPrintable(body.toString('latin1'));
    default:
      return body;
  }
}

const mostPieces = 10_000;

export function fromBase64(text: string): Buffer {
  // Some write padding in the middle, after which Node reads no further. Nobody writes it so often in good faith.
  return text.includes('=') ? Buffer.concat(text.split(/=+/, mostPieces).map(base64Piece)) : base64Piece(text);
}

function base64Piece(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

const equals = 0x3d;
const lineFeed = 0x0a;

// Byte by byte into room that is there: a message may be nothing but escapes, each of which would be a text of its own.
export function fromQuotedPrintable(text: string): Buffer {
  const decoded = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== equals) {
      decoded[length++] = code;
      continue;
    }
    const lineEnd = softBreak(text, at + 1);
    const byte = lineEnd === undefined ? hexByte(text, at + 1) : undefined;
    if (lineEnd !== undefined) at = lineEnd;
    else if (byte === undefined) decoded[length++] = equals;
    else {
      decoded[length++] = byte;
      at += 2;
    }
  }
  return decoded.subarray(0, length);
}

/** Where the line ends whose end is none; blanks before it were put there on the way. */
function softBreak(text: string, from: number): number | undefined {
  let at = from;
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++;
  if (text.charCodeAt(at) === 0x0d) at++;
  return text.charCodeAt(at) === lineFeed ? at : undefined;
}

function hexByte(text: string, at: number): number | undefined {
  const [high, low] = [hexDigit(text.charCodeAt(at)), hexDigit(text.charCodeAt(at + 1))];
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
