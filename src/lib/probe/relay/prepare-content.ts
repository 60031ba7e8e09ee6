import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mailDate } from '../../text/time.ts';
import { firstUnfitByte, isEnded } from './line-ends.ts';
import { topHeaders } from './top-headers.ts';

/** What a message without it may be given, since many servers refuse such a message. */
export type Repair = 'date' | 'message-id';

export interface RepairMeans {
  readonly repairs: readonly Repair[];
  /** The right side of a new Message-ID. */
  readonly heloName: string;
  readonly now: () => number;
  readonly randomInt: (max: number) => number;
}

/** The message as the other side shall have it. */
export interface PreparedContent {
  readonly is: 'content';
  readonly bytes: Buffer;
  readonly isEightBit: boolean;
  readonly sha256: string;
  /** In what it differs from what was given; empty when it is the same to the byte. */
  readonly changes: readonly string[];
}

export type Preparation = PreparedContent | { readonly is: 'refused'; readonly why: string };

/** What this program writes above a message, see maildir/trace.ts. */
const ownHeader = /^x-spamtrap-/;

export function prepareContent(given: Buffer, means: RepairMeans): Preparation {
  const unfit = firstUnfitByte(given);
  if (unfit) return { is: 'refused', why: `the message has a ${unfit.what} at byte ${unfit.at + 1}` };
  const changes: string[] = [];
  const below = withoutOwnHeaders(given, changes);
  const added = repaired(below, means, changes);
  const pieces = [Buffer.from(added.map((line) => `${line}\r\n`).join('')), below];
  if (!isEnded(below)) {
    pieces.push(Buffer.from('\r\n'));
    changes.push('the last line was ended');
  }
  const bytes = changes.length === 0 ? given : Buffer.concat(pieces);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { is: 'content', bytes, isEightBit: !isAscii(bytes), sha256, changes };
}

// Only those above everything else can be ours; what stands further down the sender has written.
function withoutOwnHeaders(content: Buffer, changes: string[]): Buffer {
  let start = 0;
  for (const { name, end } of topHeaders(content)) {
    if (!ownHeader.test(name)) break;
    start = end;
  }
  if (start > 0) changes.push(`the first ${start} bytes were left out: X-Spamtrap headers`);
  return content.subarray(start);
}

function repaired(content: Buffer, { repairs, heloName, now, randomInt }: RepairMeans, changes: string[]): string[] {
  if (repairs.length === 0) return [];
  const there = new Set([...topHeaders(content)].map(({ name }) => name));
  const lines: string[] = [];
  if (repairs.includes('message-id') && !there.has('message-id')) {
    lines.push(`Message-ID: <${now().toString(36)}.${randomInt(2 ** 47).toString(36)}@${heloName}>`);
    changes.push('a Message-ID was added');
  }
  if (repairs.includes('date') && !there.has('date')) {
    lines.push(`Date: ${mailDate(now())}`);
    changes.push('a Date was added');
  }
  return lines;
}
