import { parameter } from './parameters.ts';
import { HeaderSection } from './header-section.ts';

const deepest = 8;
export const mostParts = 100;
const longestBoundary = 200;

/** A part without parts of its own. */
export interface Part {
  /** In lower case: `text/plain`. */
  readonly type: string;
  readonly charset: string | undefined;
  readonly encoding: string;
  readonly fileName: string | undefined;
  readonly isAttachment: boolean;
  readonly body: Buffer;
}

/** Something of a message at its depth: a part, or what holds the deeper ones that follow. */
export interface OutlineEntry {
  readonly depth: number;
  readonly type: string;
  readonly part?: Part;
}

/**
 * The parts of a message in their order, with what holds them, down to a depth and up to a number that honest mail never
 * has.
 */
export function outlineOf(header: HeaderSection, bytes: Buffer): readonly OutlineEntry[] {
  const outline: OutlineEntry[] = [];
  walk(header, bytes.subarray(header.end), { outline, depth: 0, assumed: 'text/plain' });
  return outline;
}

interface Walk {
  readonly outline: OutlineEntry[];
  readonly depth: number;
  /** The type of a part that names none. */
  readonly assumed: string;
}

function walk(header: HeaderSection, body: Buffer, { outline, depth, assumed }: Walk): void {
  if (outline.length >= mostParts) return;
  const contentType = header.raw('content-type') ?? '';
  const type = typeIn(contentType) ?? assumed;
  const boundary = type.startsWith('multipart/') ? parameter(contentType, 'boundary') : undefined;
  const inner = { outline, depth: depth + 1, assumed: type === 'multipart/digest' ? 'message/rfc822' : 'text/plain' };
  const pieces = depth < deepest && boundary ? piecesOf(body, boundary.slice(0, longestBoundary)) : [];
  if (pieces.length > 0) {
    outline.push({ depth, type });
    for (const piece of pieces) enter(piece, inner);
  } else if (depth < deepest && type === 'message/rfc822' && !isEncoded(header)) {
    outline.push({ depth, type });
    enter(body, inner);
  } else {
    // A body whose boundary never comes is text all the same.
    outline.push({ depth, type, part: leaf(header, contentType, type, body) });
  }
}

/** No more of them than are looked at. */
function piecesOf(body: Buffer, boundary: string): readonly Buffer[] {
  const found: Buffer[] = [];
  for (const piece of pieces(body, boundary)) {
    found.push(piece);
    if (found.length >= mostParts) break;
  }
  return found;
}

function enter(bytes: Buffer, within: Walk): void {
  if (within.outline.length >= mostParts) return;
  const header = new HeaderSection(bytes);
  walk(header, bytes.subarray(header.end), within);
}

function isEncoded(header: HeaderSection): boolean {
  return /^\s*(?:base64|quoted-printable)/i.test(header.raw('content-transfer-encoding') ?? '');
}

function leaf(header: HeaderSection, contentType: string, type: string, body: Buffer): Part {
  const disposition = header.raw('content-disposition') ?? '';
  const fileName = parameter(disposition, 'filename') ?? parameter(contentType, 'name');
  const isText = type.startsWith('text/') || type.startsWith('multipart/');
  return {
    type,
    charset: parameter(contentType, 'charset'),
    encoding: /[^\s;]+/.exec(header.raw('content-transfer-encoding') ?? '')?.[0] ?? '',
    fileName,
    isAttachment: fileName !== undefined || /^\s*attachment/i.test(disposition) || !isText,
    body,
  };
}

function typeIn(contentType: string): string | undefined {
  return /^\s*([\w.+-]{1,60}\/[\w.+-]{1,80})/.exec(contentType)?.[1]?.toLowerCase();
}

/** What lies between the boundary lines. The last piece may lack its end: it was cut off, or never written. */
function* pieces(body: Buffer, boundary: string): Generator<Buffer> {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  let start: number | undefined;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    const after = at + delimiter.length;
    if ((at > 0 && body[at - 1] !== 0x0a) || !endsBoundary(body, after)) continue;
    if (start !== undefined) yield body.subarray(start, withoutLineEnd(body, at));
    if (body[after] === 0x2d) return;
    const lineEnd = body.indexOf(0x0a, after);
    start = lineEnd < 0 ? body.length : lineEnd + 1;
  }
  if (start !== undefined) yield body.subarray(start);
}

/** Another boundary may begin with the same letters. */
function endsBoundary(body: Buffer, at: number): boolean {
  const next = body[at];
  if (next === 0x2d) return body[at + 1] === 0x2d;
  return next === undefined || next === 0x20 || next === 0x09 || next === 0x0d || next === 0x0a;
}

function withoutLineEnd(body: Buffer, at: number): number {
  if (at > 1 && body[at - 2] === 0x0d) return at - 2;
  return Math.max(0, at - 1);
}
