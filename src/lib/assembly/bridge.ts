import { publishedRecordWith } from '../capture/published.ts';
import type { Settings } from '../config/schema.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { FeedFault } from '../hpfeeds/client/feed-fault.ts';
import { Publisher } from '../hpfeeds/client/publisher.ts';
import type { Publication } from '../hpfeeds/client/publication.ts';
import { Subscriber } from '../hpfeeds/client/subscriber.ts';
import { safeFrame } from '../hpfeeds/wire/limits.ts';
import { Ingest } from '../ingest/ingest.ts';
import { firstReceived } from '../ingest/received-from-stream.ts';
import type { Received } from '../ingest/received.ts';
import { StreamStore } from '../ingest/stream-store.ts';
import { StreamReader } from '../nats/stream-reader.ts';
import { printableWithin } from '../text/printable.ts';
import { formatSize, formatDuration } from '../text/units.ts';
import { feedAccess, linkTo, type FeedAccess, type FeedWanted } from './feed-access.ts';
import { asFault } from './feed-fault.ts';
import { asNatsFault } from './nats-fault.ts';
import { planNats, type NatsPlan } from './output-plan.ts';
import { defaultNats } from '../config/default-output.ts';
import { accessTo, type StreamPlace } from './stream-place.ts';

export interface BridgeWish {
  readonly place: StreamPlace;
  readonly cluster: Settings['cluster'];
  readonly feed: Omit<FeedWanted, 'as'>;
  /** Absent means those of the feed. */
  readonly channels: readonly string[];
  readonly carries: Direction;
}

/** What is carried: what publishers say into the stream, what the stream holds to subscribers, or both. */
export const directions = ['both', 'in', 'out'] as const;
export type Direction = (typeof directions)[number];

const confirmMs = 30_000;

/** The whole of `spamtrap bridge`: between an hpfeeds broker, whosever it is, and a stream. */
export async function bridge(wish: BridgeWish): Promise<ExitCode> {
  const feed = await feedAccess({ ...wish.feed, as: 'bridge' });
  const access = await accessTo(wish.place, wish.cluster);
  const channels = wish.channels.length > 0 ? wish.channels : feed.channels;
  const { stream, consumer } = wish.place;
  const settings = { ...defaultNats(), stream, servers: access.servers };
  const plan = { ...(await planNats('bridge', settings, wish.cluster)), access };
  // Every bridge of a broker is one to the stream: what any of them has brought none of them carries back.
  const name = `${feed.access.host}:${feed.access.port}`;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const running: Promise<void>[] = [];
  if (wish.carries !== 'out') running.push(carryIn({ feed, plan, channels, name }, stop.signal));
  if (wish.carries !== 'in') running.push(carryOut({ feed, plan, channels, name, consumer }, stop.signal));
  try {
    // The first that cannot go on takes the other with it.
    await Promise.all(running);
  } catch (error) {
    throw asNatsFault(asFault(error, `${feed.access.host} port ${feed.access.port}`), access.servers.join(', '));
  } finally {
    stop.abort();
    await Promise.allSettled(running);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  return exitCodes.done;
}

interface Carrying {
  readonly feed: FeedAccess;
  readonly plan: NatsPlan;
  readonly channels: readonly string[];
  /** By which is known in the stream what has come from this broker. */
  readonly name: string;
}

/** From publishers into the stream. Those that wait for receipts get them once the stream has confirmed. */
async function carryIn({ feed, plan, channels, name }: Carrying, signal: AbortSignal): Promise<void> {
  const { ident } = feed.access;
  const store = new StreamStore({
    ...plan,
    bridge: name,
    random: Math.random,
    onFault: sayDown,
    onShortened: sayShortened,
  });
  const ingest = new Ingest(store, ({ message, fault }) =>
    say(`a message on ${printableWithin(message.channel, 60)} is kept, and not confirmed: ${fault}`),
  );
  const giveUp = () => void store.close();
  signal.addEventListener('abort', giveUp, { once: true });
  const subscriber = new Subscriber({
    ...linkTo(feed.access),
    channels,
    whenRefused: 'give up',
    now: Date.now,
    random: Math.random,
    // What this bridge publishes there comes back to it like anything else.
    take: (messages, publish) =>
      ingest.take(
        messages.filter((message) => message.ident !== ident),
        publish,
      ),
    onUp: ({ broker }) =>
      say(`carrying ${channels.join(', ')} of ${printableWithin(broker, 60)} to ${plan.stream.name}`),
    onDown: sayDown,
  });
  try {
    await subscriber.run(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await store.close();
  }
}

/** From the stream to subscribers. What the broker has taken is confirmed to the stream. */
async function carryOut(
  { feed, plan, channels, name, consumer }: Carrying & { readonly consumer: string },
  signal: AbortSignal,
): Promise<void> {
  const { host, port } = feed.access;
  const publisher = new Publisher({
    ...linkTo(feed.access),
    level: 'broker',
    frameLimit: safeFrame,
    confirmMs,
    now: Date.now,
  });
  const reader = new StreamReader({
    access: plan.access,
    stream: plan.stream.name,
    consumer,
    random: Math.random,
    holdOff: (fault) => (fault instanceof FeedFault ? fault.retryAfterMs : undefined),
    async take(messages) {
      const others = messages.filter((message) => message.header('bridge') !== name);
      const all = await firstReceived(others);
      const publications = all.flatMap(publicationsOf);
      if (publications.length > 0) await publisher.hand(publications, signal);
      // All before the first that was not read, what has come from the broker among them.
      return all.length === others.length ? messages.length : messages.indexOf(others[all.length]!);
    },
    onUp: () => say(`carrying ${plan.stream.name} to ${channels.join(', ')} at ${host} port ${port}`),
    onDown: sayDown,
  });
  function publicationsOf({ bytes, sha256, facts }: Received): readonly Publication[] {
    if (bytes.length < safeFrame) {
      const payload = Buffer.from(publishedRecordWith(sha256, bytes, facts));
      const publications = channels.map((channel) => ({ channel, payload, sha256 }));
      if (publications.every((publication) => publisher.fits(publication))) return publications;
    }
    say(`${sha256} is not carried: a frame of more than ${formatSize(safeFrame)} is not taken by every broker`);
    return [];
  }
  try {
    await reader.run(signal);
  } finally {
    publisher.close();
  }
}

function sayShortened(sha256: string): void {
  say(`${sha256} goes into the stream without what its publisher says of it: that is longer than the stream takes`);
}

function sayDown(fault: Error, retryInMs: number): void {
  say(`${printableWithin(fault.message, 300)}; next attempt in ${formatDuration(retryInMs)}`);
}

function say(text: string): void {
  process.stderr.write(`spamtrap: ${text}\n`);
}
