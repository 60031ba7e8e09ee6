import { exitCodes, type ExitCode } from '../errors.ts';
import { Subscriber } from '../hpfeeds/client/subscriber.ts';
import { EmlFolder } from '../ingest/eml-folder.ts';
import { Ingest } from '../ingest/ingest.ts';
import { Lines } from '../ingest/lines.ts';
import { MailFolder } from '../ingest/mail-folder.ts';
import type { Store } from '../ingest/store.ts';
import { printableWithin } from '../text/printable.ts';
import { formatDuration } from '../text/units.ts';
import type { Settings } from '../config/schema.ts';
import { firstReceived } from '../ingest/received-from-stream.ts';
import { StreamReader } from '../nats/stream-reader.ts';
import { feedAccess, linkTo, type FeedWanted } from './feed-access.ts';
import { asNatsFault } from './nats-fault.ts';
import { accessTo, type StreamPlace } from './stream-place.ts';
import { asFault } from './feed-fault.ts';

export interface SubscribeWish {
  readonly from: FeedSource | StreamSource;
  readonly into: { readonly kind: 'lines' } | { readonly kind: 'eml' | 'maildir'; readonly path: string };
  /** So many messages, and no more. */
  readonly count: number | undefined;
}

/** Channels of an hpfeeds broker. */
export interface FeedSource {
  readonly kind: 'feed';
  readonly feed: Omit<FeedWanted, 'as'>;
  /** Absent means those of the feed. */
  readonly channels: readonly string[];
}

/** A stream of NATS. */
export interface StreamSource {
  readonly kind: 'stream';
  readonly place: StreamPlace;
  readonly cluster: Settings['cluster'];
}

/** What listens until it is told to stop. */
interface Listener {
  readonly where: string;
  run(signal: AbortSignal): Promise<void>;
}

/** The whole of `spamtrap subscribe`. What is said about it goes to standard error. */
export async function subscribe({ from, into, count }: SubscribeWish): Promise<ExitCode> {
  const ingest = new Ingest(openStore(into), ({ message, fault }) =>
    say(`a message on ${printableWithin(message.channel, 60)} is kept, and not confirmed: ${fault}`),
  );
  const stop = new AbortController();
  const quota = new Quota(count ?? Infinity, () => stop.abort());
  const listener =
    from.kind === 'feed' ? await feedListener(from, ingest, quota) : await streamListener(from, ingest, quota);
  let interruptions = 0;
  const interrupt = () => {
    interruptions++;
    stop.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await listener.run(stop.signal);
  } catch (error) {
    throw from.kind === 'feed' ? asFault(error, listener.where) : asNatsFault(error, listener.where);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  // Who asked for a number of messages, and got fewer, was interrupted.
  return interruptions > 0 && count !== undefined ? exitCodes.interrupted : exitCodes.done;
}

/** How many messages are still wanted. */
class Quota {
  readonly #used: () => void;
  #left: number;

  constructor(most: number, used: () => void) {
    this.#left = most;
    this.#used = used;
  }

  /**
   * Has as many of them taken as are wanted; the rest is as if it had never come. `take` resolves with how many of the
   * first it has taken, and so does this.
   */
  async of<Item>(items: readonly Item[], take: (items: readonly Item[]) => Promise<number>): Promise<number> {
    const some = items.slice(0, this.#left);
    this.#left -= some.length;
    let taken = 0;
    try {
      taken = await take(some);
    } finally {
      this.#left += some.length - taken;
    }
    if (this.#left === 0) this.#used();
    return taken;
  }
}

async function feedListener({ feed, channels: wanted }: FeedSource, ingest: Ingest, quota: Quota): Promise<Listener> {
  const { access, channels: usual } = await feedAccess({ ...feed, as: 'reader' });
  const channels = wanted.length > 0 ? wanted : usual;
  const where = `${access.host} port ${access.port}`;
  const subscriber = new Subscriber({
    ...linkTo(access),
    channels,
    whenRefused: 'give up',
    now: Date.now,
    random: Math.random,
    async take(messages, publish) {
      await quota.of(messages, async (some) => {
        await ingest.take(some, publish);
        return some.length;
      });
    },
    onUp: ({ broker }) => say(`listening to ${channels.join(', ')} of ${printableWithin(broker, 60)} at ${where}`),
    onDown: sayDown,
  });
  return { where, run: (signal) => subscriber.run(signal) };
}

async function streamListener({ place, cluster }: StreamSource, ingest: Ingest, quota: Quota): Promise<Listener> {
  const access = await accessTo(place, cluster);
  const where = access.servers.join(', ');
  const { stream, consumer } = place;
  const reader = new StreamReader({
    access,
    stream,
    consumer,
    random: Math.random,
    take: (messages) =>
      quota.of(messages, async (some) => {
        const all = await firstReceived(some);
        await ingest.keep(all);
        return all.length;
      }),
    onUp: ({ address, port }) => say(`reading ${stream} as ${consumer} at ${address} port ${port}`),
    onDown: sayDown,
  });
  return { where, run: (signal) => reader.run(signal) };
}

function sayDown(fault: Error, retryInMs: number): void {
  say(`${printableWithin(fault.message, 300)}; next attempt in ${formatDuration(retryInMs)}`);
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
