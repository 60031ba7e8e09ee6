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

export function fromBase64(text: string): Buffer {
  // Some write padding in the middle, after which Node reads no further.
  return text.includes('=') ? Buffer.concat(text.split(/=+/).map(base64Piece)) : base64Piece(text);
}

function base64Piece(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

export function fromQuotedPrintable(text: string): Buffer {
  return Buffer.from(
    text
      .replaceAll(/=[ \t]*\r?\n/g, '')
      .replaceAll(/=([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
