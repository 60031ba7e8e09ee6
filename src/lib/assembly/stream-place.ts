import type { Settings } from '../config/schema.ts';
import { natsServerFrom } from '../config/words/nats-server.ts';
import { exitCodes, Fault } from '../errors.ts';
import type { NatsAccess } from '../nats/access.ts';
import { printableWithin } from '../text/printable.ts';
import { natsAccessFrom } from './nats-access.ts';

/** A stream and a durable consumer, as somebody names them on a command line. */
export interface StreamPlace {
  /** Absent means those of the configuration. */
  readonly servers: readonly string[] | undefined;
  readonly stream: string;
  readonly consumer: string;
}

export const streamPlaceForm = 'nats:STREAM, nats:STREAM/CONSUMER, or nats://HOST:PORT,HOST:PORT/STREAM/CONSUMER';

const name = /^[\w-]{1,64}$/;

export function isStreamPlace(text: string): boolean {
  return text.startsWith('nats:');
}

export function streamPlaceFrom(text: string): StreamPlace {
  const [, authority, path = ''] = /^nats:(?:\/\/([^/]*)\/)?(.*)$/s.exec(text) ?? [];
  const [stream = '', consumer = 'spamtrap', ...more] = path.split('/');
  const servers = authority?.split(',').map(natsServerFrom);
  const known = servers?.filter((server) => server !== undefined);
  if (more.length > 0 || known?.length !== servers?.length || !name.test(stream) || !name.test(consumer)) {
    throw new Fault(`"${printableWithin(text, 100)}" names no stream.`, {
      code: 'stream.place',
      fix: `Write ${streamPlaceForm}.`,
      exit: exitCodes.usage,
    });
  }
  return { servers: known, stream, consumer };
}

/** Who we are and how we speak is what the configuration says of the cluster, wherever the servers are. */
export async function accessTo({ servers }: StreamPlace, cluster: Settings['cluster']): Promise<NatsAccess> {
  const meant = servers ?? cluster.servers;
  const access = await natsAccessFrom('cluster', { ...cluster, servers: meant }, 'spamtrap');
  if (access !== undefined) return access;
  throw new Fault('It is not known where the servers of NATS are.', {
    code: 'cluster.servers',
    fix: 'Set cluster.servers in the configuration, or name them: nats://HOST:PORT/STREAM.',
    exit: exitCodes.usage,
  });
}
