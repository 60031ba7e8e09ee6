import type { Pop3Connection } from './pop3-connection.ts';
import { longestLine, longestListing } from './reply-reader.ts';

const lineEnd = '\r\n';

/** A listing behind a positive status. One without an end, or with a line without one, ends the connection. */
export async function linesOf(connection: Pop3Connection): Promise<readonly string[]> {
  const pieces: Buffer[] = [];
  let size = 0;
  let unended = 0;
  for await (const piece of connection.body()) {
    pieces.push(piece);
    size += piece.length;
    const end = piece.lastIndexOf(lineEnd);
    unended = end === -1 ? unended + piece.length : piece.length - end - lineEnd.length;
    if (size > longestListing || unended > longestLine) throw connection.breakOff('a listing does not end');
  }
  // Each byte is a character of its own: what differs on the wire differs here.
  const text = Buffer.concat(pieces).toString('latin1');
  const lines = text === '' ? [] : text.replace(/\r\n$/, '').split(lineEnd);
  if (lines.some((line) => line.length > longestLine)) throw connection.breakOff('a line of a listing does not end');
  return lines;
}
