import type { StreamMessage } from '../nats/stream-reader.ts';
import { received, receivedBytes, type Received } from './received.ts';

/** A message of a stream as it is stored: whole, also when the stream only says where its bytes are. */
export async function receivedFromStream(message: StreamMessage): Promise<Received> {
  const { subject, payload } = message;
  const channel = message.header('channel') ?? subject;
  const ident = message.header('ident') ?? message.header('sensor') ?? '';
  if (message.header('object') === undefined) return received(channel, ident, payload);
  const bytes = await message.object();
  if (bytes === undefined) {
    return { ...received(channel, ident, payload), fault: 'its bytes are not in the object store any more' };
  }
  return receivedBytes(channel, ident, { bytes, record: payload, sha256: message.header('sha256') });
}
