import type { Operation } from './frame.ts';

/** The longest frame of each kind, header included. */
export type FrameLimits = Readonly<Record<Operation, number>>;

const KiB = 2 ** 10;
const MiB = 2 ** 20;

/** One byte of length and 255 of name each for broker and nonce, or ident and digest: what the reference takes. */
const greeting = 281;

/** What the reference broker takes. */
export const referenceLimits: FrameLimits = {
  error: 5 + MiB,
  info: greeting,
  auth: greeting,
  publish: 5 + MiB,
  subscribe: MiB,
  unsubscribe: MiB,
};

/** What any broker in use takes (the smallest is 1 MiB with the header counted in). */
export const safeFrame = MiB;

/** The largest that any broker in use takes. */
export const largestFrame = 10 * MiB + 5;

/** With a limit of one's own for what is published. No name needs a frame of a megabyte. */
export function limitsWith(publish: number): FrameLimits {
  return { ...referenceLimits, publish, subscribe: KiB, unsubscribe: KiB };
}

/** For those who have not said who they are: nothing of theirs needs more than a name and a digest. */
export const strangerLimits: FrameLimits = { ...limitsWith(KiB), error: KiB };
