import type { CaptureFacts } from '../../capture/capture.ts';
import type { RuleFacts } from '../../rules/facts.ts';
import { type MessageSample, viewMessage } from '../../mime/message-view.ts';
import type { Kept } from '../look-at-journal.ts';
import type { GivenSession } from './given-session.ts';
import { sampleOfContent, sampleOfFile } from './sample.ts';
import { traceIn } from './trace.ts';

/** A message that was kept, as rules are asked about it. */
export interface StoredMessage {
  /** The path of its file, or its id. */
  readonly name: string;
  readonly facts: RuleFacts;
  /** Present for one of the journal. */
  readonly capture?: CaptureFacts;
}

const nothingCounted = { commands: 0, errors: 0, messages: 0 };

export function messageOfJournal(kept: Kept): StoredMessage {
  const { evidence, envelope, id, size } = kept.facts;
  const view = kept.content && viewMessage(sampleOfContent(kept.content));
  const facts: RuleFacts = {
    hook: 'message',
    peer: evidence?.peer.address ?? '',
    tls: evidence?.tls !== undefined,
    credentials: evidence?.credentials ?? [],
    ...(evidence && { protocol: evidence.protocol }),
    ...(evidence?.helo !== undefined && { helo: evidence.helo }),
    from: envelope.from,
    to: envelope.to,
    counts: { ...nothingCounted, commands: evidence?.commandsSeen?.length ?? 0 },
    size,
    ...(view && { message: view }),
  };
  return { name: id, facts, capture: kept.facts };
}

/**
 * A message in a file. In a mail folder of ours the lines on top say what its envelope was; elsewhere that is not
 * known, for what a message says of itself is the sender's word.
 */
export function messageOfFile(path: string, given: GivenSession = {}): StoredMessage {
  let trace: ReturnType<typeof traceIn>;
  const sample: MessageSample = sampleOfFile(path, (head, size) => (trace = traceIn(head, size))?.length ?? 0);
  const known = { ...trace?.session, ...withoutUndefined(given) };
  const facts: RuleFacts = {
    hook: 'message',
    peer: known.peer ?? '',
    tls: false,
    credentials: [],
    ...(known.helo !== undefined && { helo: known.helo }),
    ...(known.from !== undefined && { from: known.from }),
    to: known.to ?? [],
    counts: nothingCounted,
    size: sample.size,
    message: viewMessage(sample),
  };
  return { name: path, facts };
}

function withoutUndefined(given: GivenSession): GivenSession {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
