import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../../src/lib/hpfeeds/wire/decode.ts';
import { encodeFrame, publishedLength, publishHead } from '../../../src/lib/hpfeeds/wire/encode.ts';
import { FrameReader } from '../../../src/lib/hpfeeds/wire/frame-reader.ts';
import type { Frame, Operation, RawFrame } from '../../../src/lib/hpfeeds/wire/frame.ts';
import { limitsWith, referenceLimits, safeFrame } from '../../../src/lib/hpfeeds/wire/limits.ts';
import { authDigest, isAuthDigest } from '../../../src/lib/hpfeeds/wire/secret.ts';
import { bytesOf, golden } from './golden.ts';

function readAll(chunks: readonly Buffer[], limits = referenceLimits): Frame[] {
  const reader = new FrameReader(limits);
  const frames: Frame[] = [];
  for (const chunk of chunks) reader.read(chunk, (frame) => frames.push(decodeFrame(frame)));
  return frames;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const name = fc.string({ unit: 'grapheme', maxLength: 12 });
const binary = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ operation: fc.constant('error' as const), text: name }),
  fc.record({ operation: fc.constant('info' as const), broker: name, nonce: binary.map((b) => b.subarray(0, 100)) }),
  fc.record({ operation: fc.constant('auth' as const), ident: name, digest: binary.map((b) => b.subarray(0, 20)) }),
  fc.record({ operation: fc.constant('publish' as const), ident: name, channel: name, payload: binary }),
  fc.record({ operation: fc.constantFrom('subscribe', 'unsubscribe'), ident: name, channel: name }),
);

describe('frames', () => {
  it.each(golden)('are these bytes: $hex', ({ frame, hex }) => {
    expect(encodeFrame(frame).toString('hex')).toBe(bytesOf(hex).toString('hex'));
    expect(readAll([bytesOf(hex)])).toEqual([frame]);
  });

  it('are the same wherever the stream is cut in two', () => {
    const stream = Buffer.concat(golden.map(({ hex }) => bytesOf(hex)));
    for (let at = 0; at <= stream.length; at++) {
      expect(readAll([stream.subarray(0, at), stream.subarray(at)])).toEqual(golden.map(({ frame }) => frame));
    }
  });

  it('are the same byte by byte', () => {
    const stream = Buffer.concat(golden.map(({ hex }) => bytesOf(hex)));
    expect(readAll([...stream].map((byte) => Buffer.of(byte)))).toEqual(golden.map(({ frame }) => frame));
  });

  it('come back as they were, however many and wherever cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat(5_000), { maxLength: 30 }), (frames, places) => {
        const stream = Buffer.concat(frames.map((one) => encodeFrame(one)));
        expect(readAll(cut(stream, places))).toEqual(frames);
      }),
      { numRuns: 500 },
    );
  });

  it('are handed over with the very bytes that came', () => {
    const stream = Buffer.concat(golden.map(({ hex }) => bytesOf(hex)));
    const raw: RawFrame[] = [];
    new FrameReader(referenceLimits).read(stream, (one) => raw.push(one));
    expect(Buffer.concat(raw.map(({ bytes }) => bytes))).toEqual(stream);
    // Not copied: they lie in the chunk.
    expect(raw.every(({ bytes }) => bytes.buffer === stream.buffer)).toBe(true);
  });

  it('know how long they are before they are made', () => {
    const payload = Buffer.alloc(1_000);
    const whole = encodeFrame({ operation: 'publish', ident: 'ä', channel: 'ch', payload });
    expect(publishedLength('ä', 'ch', payload.length)).toBe(whole.length);
    expect(Buffer.concat([publishHead('ä', 'ch', payload.length), payload])).toEqual(whole);
  });

  it('refuse a name that has no room', () => {
    const frame = { operation: 'subscribe', ident: 'a', channel: 'é'.repeat(128) } as const;
    expect(() => encodeFrame(frame)).toThrow(RangeError);
    expect(encodeFrame({ ...frame, channel: 'c'.repeat(255) }).length).toBe(5 + 2 + 255);
  });
});

function header(length: number, opcode: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeInt32BE(length);
  bytes[4] = opcode;
  return bytes;
}

function problemOf(chunks: readonly Buffer[], limits = referenceLimits): unknown {
  try {
    readAll(chunks, limits);
  } catch (error) {
    return (error as { problem?: unknown }).problem;
  }
  return undefined;
}

describe('what is no frame', () => {
  it.each([0, 1, 4, -1, -(2 ** 31)])('is one of length %i', (length) => {
    expect(problemOf([header(length, 3)])).toBe('too short');
    expect(problemOf([...header(length, 3)].map((byte) => Buffer.of(byte)))).toBe('too short');
  });

  it('is one with an opcode that nobody knows', () => {
    expect(problemOf([header(5, 6)])).toBe('unknown opcode');
    expect(problemOf([header(5, 255)])).toBe('unknown opcode');
  });

  it.each(Object.entries(referenceLimits) as [Operation, number][])(
    'is a %s over %i bytes, seen from its header alone',
    (operation, most) => {
      const opcode = ['error', 'info', 'auth', 'publish', 'subscribe', 'unsubscribe'].indexOf(operation);
      expect(problemOf([header(most, opcode)])).toBeUndefined();
      expect(problemOf([header(most + 1, opcode)])).toBe('too long');
    },
  );

  it('is one over a limit of our own', () => {
    const limits = limitsWith(safeFrame);
    expect(problemOf([header(safeFrame, 3)], limits)).toBeUndefined();
    expect(problemOf([header(safeFrame + 1, 3)], limits)).toBe('too long');
    expect(problemOf([header(1025, 4)], limits)).toBe('too long');
  });

  it.each(['00000005 01', '00000006 02 05', '00000008 03 01 61 05', '00000007 04 02 61', '00000005 05'])(
    'is one that ends in a name: %s',
    (hex) => expect(problemOf([bytesOf(hex)])).toBe('truncated body'),
  );

  it.each(['00000007 01 01 ff', '00000008 03 01 ff 00', '00000008 03 00 01 c3', '00000007 04 00 80'])(
    'is one with a name that is no UTF-8: %s',
    (hex) => expect(problemOf([bytesOf(hex)])).toBe('not UTF-8'),
  );

  it('spoils nothing of what came before it', () => {
    const frames: RawFrame[] = [];
    const stream = Buffer.concat([bytesOf(golden[4]!.hex), header(0, 3)]);
    expect(() => new FrameReader(referenceLimits).read(stream, (one) => frames.push(one))).toThrow('0 bytes');
    expect(frames).toHaveLength(1);
  });
});

describe('a frame that comes in many chunks', () => {
  it('is put together once', () => {
    const payload = Buffer.alloc(900_000, 7);
    const bytes = encodeFrame({ operation: 'publish', ident: 'a', channel: 'b', payload });
    const reader = new FrameReader(referenceLimits);
    const frames: RawFrame[] = [];
    for (let at = 0; at < bytes.length; at += 1_000) {
      reader.read(bytes.subarray(at, at + 1_000), (one) => frames.push(one));
      const read = Math.min(at + 1_000, bytes.length);
      expect(reader.held).toBe(read === bytes.length ? 0 : read);
    }
    expect(frames).toEqual([{ operation: 'publish', bytes }]);
  });
});

describe('the digest of a secret', () => {
  it('is that of nonce and secret, with any nonce', () => {
    expect(authDigest(bytesOf('01020304'), 'secret').toString('hex')).toBe('bf13c597ffb288ba1d013c277c6a229a8e976b5a');
    expect(authDigest(Buffer.alloc(0), 'é').toString('hex')).toBe('bf15be717ac1b080b4f1c456692825891ff5073d');
  });

  it('is known again', () => {
    const nonce = Buffer.alloc(16, 1);
    expect(isAuthDigest(authDigest(nonce, 'secret'), nonce, 'secret')).toBe(true);
    expect(isAuthDigest(authDigest(nonce, 'Secret'), nonce, 'secret')).toBe(false);
    expect(isAuthDigest(authDigest(nonce, 'secret').subarray(0, 19), nonce, 'secret')).toBe(false);
    expect(isAuthDigest(Buffer.alloc(0), nonce, 'secret')).toBe(false);
  });
});
