import { Pieces } from './pieces.ts';

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const lineWithDot = Buffer.from('\r\n.', 'latin1');
const carriageReturn = Buffer.of(CR);

/** Where the reader stands between two bytes. */
type Place = 'inside' | 'afterCr' | 'lineStart' | 'afterDot' | 'afterDotCr';

/**
 * Takes the content of a message out of what follows DATA. Only CRLF.CRLF ends it: any other ending that some server
 * somewhere accepts lets a second, smuggled message hide inside the first. A dot that begins a line is the transport's
 * and goes; every other byte is the sender's and stays, bare CR and bare LF among them.
 */
export class DataReader {
  #place: Place = 'lineStart';

  /** Hands on what is content, in one piece; returns where the message ended, or -1 when it goes on. */
  read(chunk: Buffer, start: number, take: (content: Buffer) => void): number {
    const pieces = new Pieces(chunk);
    const end = this.#read(chunk, start, pieces);
    if (pieces.all) take(pieces.all);
    return end;
  }

  #read(chunk: Buffer, start: number, pieces: Pieces): number {
    let at = start;
    let from = start;
    while (at < chunk.length) {
      const byte = chunk[at];
      switch (this.#place) {
        case 'inside': {
          const next = chunk.indexOf(lineWithDot, at);
          if (next < 0) {
            this.#place = placeAtEnd(chunk, at);
            at = chunk.length;
          } else {
            this.#place = 'lineStart';
            at = next + 2;
          }
          break;
        }
        case 'afterCr':
          this.#place = byte === LF ? 'lineStart' : byte === CR ? 'afterCr' : 'inside';
          at++;
          break;
        case 'lineStart':
          if (byte === DOT) {
            pieces.add(from, at);
            this.#place = 'afterDot';
            from = ++at;
          } else this.#place = 'inside';
          break;
        case 'afterDot':
          if (byte === CR) {
            this.#place = 'afterDotCr';
            from = ++at;
          } else this.#place = 'inside';
          break;
        case 'afterDotCr':
          if (byte === LF) return at + 1;
          pieces.addOther(carriageReturn);
          this.#place = 'afterCr';
          break;
      }
    }
    pieces.add(from, chunk.length);
    return -1;
  }
}

function placeAtEnd(chunk: Buffer, from: number): Place {
  const last = chunk.length - 1;
  if (chunk[last] === CR) return 'afterCr';
  return last - 1 >= from && chunk[last] === LF && chunk[last - 1] === CR ? 'lineStart' : 'inside';
}
