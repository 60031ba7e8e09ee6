import { startChild, waitFor } from '../machine/children.ts';
import type { RunningServer } from '../peers/server.ts';

/** Bounds every single load; a server that needs longer has failed. */
const limitSeconds = 240;

export interface Load {
  /** Bytes of the message below its own few header lines. */
  readonly size: number;
  readonly connections: number;
  /** Of each message. */
  readonly recipients: number;
  /** A new connection for each message, instead of the next message on the same one. */
  readonly reconnects?: boolean;
}

export interface Sent {
  readonly count: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Sends so many messages with Postfix's smtp-source, which fails unless each of them is accepted. */
export async function send(server: Pick<RunningServer, 'port' | 'protocol'>, load: Load, count: number): Promise<Sent> {
  const startedAt = Date.now();
  const start = performance.now();
  const source = startChild('smtp-source', smtpSourceArguments(server, load, count), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  source.stderr!.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-500)));
  const status = await waitFor(source, limitSeconds);
  const seconds = (performance.now() - start) / 1_000;
  if (status !== 0) throw new Error(`smtp-source ended with status ${status} after ${seconds.toFixed(1)} s: ${words}`);
  return { count, seconds, perSecond: count / seconds, startedAt };
}

function smtpSourceArguments(
  { port, protocol }: Pick<RunningServer, 'port' | 'protocol'>,
  { size, connections, recipients, reconnects }: Load,
  count: number,
): string[] {
  const how = [...(reconnects ? [] : ['-d']), ...(protocol === 'lmtp' ? ['-L'] : [])];
  const much = ['-s', String(connections), '-m', String(count), '-l', String(size)];
  const envelope = ['-f', 'spam@example.org', '-t', 'trap@example.net', '-r', String(recipients)];
  return ['-4', ...how, ...much, ...envelope, `127.0.0.1:${port}`];
}
