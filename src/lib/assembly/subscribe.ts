import { exitCodes, type ExitCode } from '../errors.ts';
import { Subscriber } from '../hpfeeds/client/subscriber.ts';
import { EmlFolder } from '../ingest/eml-folder.ts';
import { Ingest } from '../ingest/ingest.ts';
import { Lines } from '../ingest/lines.ts';
import { MailFolder } from '../ingest/mail-folder.ts';
import type { Store } from '../ingest/store.ts';
import { printableWithin } from '../text/printable.ts';
import { formatDuration } from '../text/units.ts';
import { feedAccess, type FeedWanted } from './feed-access.ts';
import { asFault } from './feed-fault.ts';

export interface SubscribeWish {
  readonly feed: Omit<FeedWanted, 'as'>;
  /** Absent means those of the feed. */
  readonly channels: readonly string[];
  readonly into: { readonly kind: 'lines' } | { readonly kind: 'eml' | 'maildir'; readonly path: string };
  /** So many messages, and no more. */
  readonly count: number | undefined;
}

const patienceMs = 10_000;

/** The whole of `spamtrap subscribe`. What is said about it goes to standard error. */
export async function subscribe({ feed, channels: wanted, into, count }: SubscribeWish): Promise<ExitCode> {
  const { access, channels: usual } = await feedAccess({ ...feed, as: 'reader' });
  const channels = wanted.length > 0 ? wanted : usual;
  const place = `${access.host} port ${access.port}`;
  const ingest = new Ingest(openStore(into), ({ message, fault }) =>
    say(`a message on ${printableWithin(message.channel, 60)} is kept, and not confirmed: ${fault}`),
  );
  const stop = new AbortController();
  let left = count ?? Infinity;
  let interruptions = 0;
  const interrupt = () => {
    interruptions++;
    stop.abort();
  };
  const subscriber = new Subscriber({
    place: { host: access.host, port: access.port, tls: access.tls },
    ident: access.ident,
    secret: access.secret,
    connectMs: patienceMs,
    greetingMs: patienceMs,
    channels,
    whenRefused: 'give up',
    now: Date.now,
    random: Math.random,
    async take(messages, publish) {
      const some = messages.slice(0, left);
      left -= some.length;
      await ingest.take(some, publish);
      if (left === 0) stop.abort();
    },
    onUp: ({ broker }) => say(`listening to ${channels.join(', ')} of ${printableWithin(broker, 60)} at ${place}`),
    onDown: (fault, retryInMs) =>
      say(`${printableWithin(fault.message, 300)}; next attempt in ${formatDuration(retryInMs)}`),
  });
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await subscriber.run(stop.signal);
  } catch (error) {
    throw asFault(error, place);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  // Who asked for a number of messages, and got fewer, was interrupted.
  return interruptions > 0 && count !== undefined ? exitCodes.interrupted : exitCodes.done;
}

function openStore(into: SubscribeWish['into']): Store {
  switch (into.kind) {
    case 'lines':
      return new Lines(writeOut, () => new Date().toISOString());
    case 'eml':
      return new EmlFolder(into.path);
    case 'maildir':
      return new MailFolder(into.path);
  }
}

function writeOut(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  return promise;
}

function say(text: string): void {
  process.stderr.write(`spamtrap: ${text}\n`);
}
