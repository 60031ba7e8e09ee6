import type { StreamMessage } from '../nats/stream-reader.ts';
import { received, receivedBytes, type Received } from './received.ts';

/** So much of what is only referred to is held at once. */
const mostHeld = 16 * 2 ** 20;

const why = {
  gone: 'its bytes are not in the object store any more',
  damaged: 'its bytes in the object store are not those that were put there',
} as const;

/** The first of them, in their order: as many as may be in memory at once, and at least one. */
export async function firstReceived(messages: readonly StreamMessage[]): Promise<readonly Received[]> {
  const all: Received[] = [];
  let held = 0;
  for (const message of messages) {
    const each = await receivedFromStream(message);
    all.push(each);
    held += each.bytes.length;
    if (held > mostHeld) break;
  }
  return all;
}

/** A message of a stream as it is stored: whole, also when the stream only says where its bytes are. */
async function receivedFromStream(message: StreamMessage): Promise<Received> {
  const { subject, payload } = message;
  const channel = message.header('channel') ?? subject;
  const ident = message.header('ident') ?? message.header('sensor') ?? '';
  if (message.header('object') === undefined) return received(channel, ident, payload);
  const bytes = await message.object();
  if (!Buffer.isBuffer(bytes)) return { ...received(channel, ident, payload), fault: why[bytes] };
  return receivedBytes(channel, ident, { bytes, record: payload, sha256: message.header('sha256') });
}
