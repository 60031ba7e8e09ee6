import { publishedLength } from '../wire/encode.ts';

/** What is handed to a broker. */
export interface Publication {
  readonly channel: string;
  readonly payload: Buffer;
  /** By which its receipt names it. */
  readonly sha256: string;
}

/** The length of the frame in which it travels. */
export function frameLength(ident: string, { channel, payload }: Publication): number {
  return publishedLength(ident, channel, payload.length);
}

/** Brokers written in Go add the lengths of both names in one byte, and take what overflows for something else. */
const mostForNames = 250;

/** What is wrong with the names, as a sentence; undefined when every broker takes them. */
export function faultOfNames(ident: string, channel: string): string | undefined {
  const bytes = Buffer.byteLength(ident) + Buffer.byteLength(channel);
  if (bytes <= mostForNames) return undefined;
  return `the identity and the channel "${channel}" have ${bytes} bytes together; ${mostForNames} is the most`;
}
