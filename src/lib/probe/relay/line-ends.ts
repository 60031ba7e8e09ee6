const CR = 0x0d;
const LF = 0x0a;

export interface UnfitByte {
  readonly what: 'NUL' | 'bare CR' | 'bare LF';
  readonly at: number;
}

/** The first byte by which servers could read one message as two, or could not read it at all. */
export function firstUnfitByte(content: Buffer): UnfitByte | undefined {
  const nul = content.indexOf(0);
  const bare = firstBare(content);
  return nul >= 0 && (bare === undefined || nul < bare.at) ? { what: 'NUL', at: nul } : bare;
}

function firstBare(content: Buffer): UnfitByte | undefined {
  for (let at = 0; at < content.length;) {
    const [cr, lf] = [content.indexOf(CR, at), content.indexOf(LF, at)];
    if (cr < 0 && lf < 0) return undefined;
    if (cr < 0 || (lf >= 0 && lf < cr)) return { what: 'bare LF', at: lf };
    if (lf !== cr + 1) return { what: 'bare CR', at: cr };
    at = lf + 1;
  }
  return undefined;
}

/** Whether the last line has an end; of nothing at all there is none to end. */
export function isEnded(content: Buffer): boolean {
  return content.length === 0 || content.at(-1) === LF;
}

const lineWithDot = Buffer.from('\r\n.', 'latin1');
const dot = Buffer.from('.', 'latin1');

/** The content as it goes over the wire, without the dot that ends it (RFC 5321, 4.5.2). */
export function dotStuffed(content: Buffer): Buffer {
  const pieces: Buffer[] = content[0] === dot[0] ? [dot] : [];
  let from = 0;
  for (let at = content.indexOf(lineWithDot); at >= 0; at = content.indexOf(lineWithDot, from)) {
    pieces.push(content.subarray(from, at + lineWithDot.length), dot);
    from = at + lineWithDot.length;
  }
  return pieces.length === 0 ? content : Buffer.concat([...pieces, content.subarray(from)]);
}
