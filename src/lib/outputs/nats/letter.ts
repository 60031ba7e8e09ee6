import type { CaptureFacts } from '../../capture/capture.ts';
import { publishedVersion, type PayloadShape } from '../../capture/published.ts';
import type { Letter } from '../../nats/message.ts';

/** Longer than the names of any folder that is meant well; a server keeps these ids in memory. */
const longestId = 400;

export interface LetterWish {
  readonly subject: string;
  readonly record: PayloadShape;
  readonly sensor: string;
}

/**
 * By what a stream knows a message again. What two traps catch are two messages, whatever their bytes; what two
 * collectors fetch from the same place of the same mailbox is one.
 */
export function messageIdOf({ id, source }: CaptureFacts): string {
  // A server that makes no promise may give the number of one message to another.
  if (source === undefined || source.uidValidity === '') return id;
  const { account, folder, uidValidity, uid } = source;
  const key = [account, folder, uidValidity, uid].map(encodeURIComponentSafely).join('/');
  return key.length > longestId ? id : key;
}

export function letterOf(facts: CaptureFacts, payload: Uint8Array, { subject, record, sensor }: LetterWish): Letter {
  const { id, sha256, intake } = facts;
  return {
    subject,
    payload,
    headers: {
      messageId: messageIdOf(facts),
      id,
      sha256,
      sensor,
      intake,
      version: String(publishedVersion),
      contentType: record === 'raw' ? 'message/rfc822' : 'application/json',
    },
  };
}

// Names of folders are what a server says, and half of a surrogate pair cannot be encoded.
function encodeURIComponentSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
