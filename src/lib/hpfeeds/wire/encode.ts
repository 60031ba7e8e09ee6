import { type Frame, headerBytes, maxNameBytes, opcodes, type Operation } from './frame.ts';

/** The bytes of a frame. A name that its one byte of length cannot hold is a RangeError. */
export function encodeFrame(frame: Frame): Buffer {
  switch (frame.operation) {
    case 'error':
      return framed('error', Buffer.from(frame.text, 'utf8'));
    case 'info':
      return framed('info', named(frame.broker), frame.nonce);
    case 'auth':
      return framed('auth', named(frame.ident), frame.digest);
    case 'publish':
      return Buffer.concat([publishHead(frame.ident, frame.channel, frame.payload.length), frame.payload]);
    case 'subscribe':
    case 'unsubscribe':
      // The last field has no length of its own.
      return framed(frame.operation, named(frame.ident), fitting(Buffer.from(frame.channel, 'utf8')));
  }
}

/** All of a PUBLISH but its payload, which need not be copied to be sent. */
export function publishHead(ident: string, channel: string, payloadBytes: number): Buffer {
  const names = Buffer.concat([named(ident), named(channel)]);
  return Buffer.concat([header('publish', names.length + payloadBytes), names]);
}

/** The length of the whole frame in which a payload would be published. */
export function publishedLength(ident: string, channel: string, payloadBytes: number): number {
  return headerBytes + 2 + Buffer.byteLength(ident) + Buffer.byteLength(channel) + payloadBytes;
}

function framed(operation: Operation, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([header(operation, length), ...body]);
}

function header(operation: Operation, bodyBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes);
  bytes.writeInt32BE(headerBytes + bodyBytes);
  bytes[4] = opcodes[operation];
  return bytes;
}

function named(name: string): Buffer {
  const bytes = fitting(Buffer.from(name, 'utf8'));
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function fitting(name: Buffer): Buffer {
  if (name.length <= maxNameBytes) return name;
  throw new RangeError(`a name of ${name.length} bytes does not fit: ${maxNameBytes} is the most`);
}
