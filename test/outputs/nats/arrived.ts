import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Objm } from '@nats-io/obj';
import { publishedBytes } from '../../../src/lib/capture/published.ts';

export interface Arrived {
  readonly id: string;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that is in a stream, in its order, read with nothing but the client library. */
export async function arrivedIn(servers: readonly string[], stream: string): Promise<Arrived[]> {
  const connection = await connect({ servers: [...servers], timeout: 5_000 });
  try {
    const client = jetstream(connection);
    const manager = await client.jetstreamManager();
    const { state } = await manager.streams.info(stream);
    const found: Arrived[] = [];
    // One by one, from the leader: a consumer's server may be behind it, and not know.
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(stream, { seq });
      if (message === null) continue;
      const headers = Object.fromEntries([...message.header].map(([key, [value = '']]) => [key, value]));
      const [bucket = '', name = ''] = headers['Spamtrap-Object']?.split('/') ?? [];
      const stored = bucket === '' ? undefined : await (await new Objm(client).open(bucket)).getBlob(name);
      const bytes = stored ? Buffer.from(stored) : bytesOf(Buffer.from(message.data), headers);
      found.push({ id: headers['Spamtrap-Id'] ?? '', bytes, headers });
    }
    return found;
  } finally {
    await connection.close();
  }
}

function bytesOf(payload: Buffer, { 'Content-Type': type }: Readonly<Record<string, string>>): Buffer {
  return type === 'message/rfc822' ? payload : publishedBytes(JSON.parse(payload.toString()) as { msg: string });
}
