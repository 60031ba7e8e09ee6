import { isUtf8 } from 'node:buffer';
import { type Frame, headerBytes, type RawFrame, WireError } from './frame.ts';

/** What a frame says. Throws a WireError when its body is cut short or a name is no UTF-8. */
export function decodeFrame({ operation, bytes }: RawFrame): Frame {
  switch (operation) {
    case 'error':
      // It is for people to read; refusing to say what went wrong would help nobody.
      return { operation, text: bytes.toString('utf8', headerBytes) };
    case 'info': {
      const end = endOfName(bytes, headerBytes);
      return { operation, broker: text(bytes, headerBytes + 1, end), nonce: bytes.subarray(end) };
    }
    case 'auth': {
      const end = endOfName(bytes, headerBytes);
      return { operation, ident: text(bytes, headerBytes + 1, end), digest: bytes.subarray(end) };
    }
    case 'publish': {
      const { identEnd, channelEnd } = publishEnds(bytes);
      const ident = text(bytes, headerBytes + 1, identEnd);
      const channel = text(bytes, identEnd + 1, channelEnd);
      return { operation, ident, channel, payload: bytes.subarray(channelEnd) };
    }
    case 'subscribe':
    case 'unsubscribe': {
      const end = endOfName(bytes, headerBytes);
      return { operation, ident: text(bytes, headerBytes + 1, end), channel: text(bytes, end, bytes.length) };
    }
  }
}

/** Where the two names of a PUBLISH end: the ident's bytes begin at 6, the channel's one byte after `identEnd`. */
export function publishEnds(bytes: Buffer): { readonly identEnd: number; readonly channelEnd: number } {
  const identEnd = endOfName(bytes, headerBytes);
  return { identEnd, channelEnd: endOfName(bytes, identEnd) };
}

function endOfName(bytes: Buffer, at: number): number {
  const end = at + 1 + (bytes[at] ?? 0);
  if (at < bytes.length && end <= bytes.length) return end;
  throw new WireError('truncated body', 'a frame ends in the middle of a name');
}

function text(bytes: Buffer, start: number, end: number): string {
  const name = bytes.subarray(start, end);
  if (isUtf8(name)) return name.toString('utf8');
  throw new WireError('not UTF-8', 'a name is not UTF-8');
}
