import { existsSync } from 'node:fs';
import { dataDirFor } from '../config/data-dir.ts';
import { readFeed, type Feed } from '../config/feed.ts';
import { exitCodes, Fault } from '../errors.ts';
import type { LinkSettings } from '../hpfeeds/client/link.ts';
import { feedFiles, type OwnIdentity } from './broker-access.ts';
import type { Access } from './output-plan.ts';

type HpfeedsFeed = Extract<Feed, { type: 'hpfeeds' }>;

/** What a feed is reached with, and its channels. */
export interface FeedAccess {
  readonly access: Access;
  readonly channels: readonly string[];
}

/** How long a broker may take to be there, for commands that somebody waits for. */
const patienceMs = 10_000;

/** With what a client opens its connection. */
export function linkTo({ host, port, tls, ident, secret }: Access): LinkSettings {
  return { place: { host, port, tls }, ident, secret, connectMs: patienceMs, greetingMs: patienceMs };
}

export interface FeedWanted {
  /** The feed file that was named; otherwise that of the broker on this machine. */
  readonly file: string | undefined;
  readonly dataDir: string | undefined;
  readonly as: OwnIdentity;
}

/** How to reach a broker: as a feed file says, or as the broker of "serve" or "broker" on this machine wrote down. */
export async function feedAccess({ file, dataDir, as }: FeedWanted): Promise<FeedAccess> {
  const path = file ?? ownFeedFile(dataDir, as);
  const feed = readFeed(path);
  if (feed.type !== 'hpfeeds') throw notHpfeeds(path);
  const { broker: host, port, channels, tls } = feed;
  const { ident, secret } = await identityIn(feed, path);
  return { access: { host, port, tls: tls ? {} : undefined, ident, secret }, channels };
}

function ownFeedFile(dataDir: string | undefined, as: OwnIdentity): string {
  const folders = dataDir === undefined ? ['serve', 'broker'].map((name) => dataDirFor(name, undefined)) : [dataDir];
  const found = folders.map((folder) => feedFiles(folder)[as]).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Fault(
    `No broker is known here: there is no ${as}.yml in ${folders.map((f) => `${f}/broker`).join(' or ')}.`,
    {
      code: 'feed.unknown',
      fix: 'Start "spamtrap serve" or "spamtrap broker" first, or name a feed file with --feed-config.',
      exit: exitCodes.usage,
    },
  );
}

async function identityIn({ identity, secret }: HpfeedsFeed, path: string) {
  if (identity !== undefined && secret !== undefined) return { ident: identity, secret: await secret.resolve() };
  throw new Fault(`The feed file ${path} does not say who is to be let in.`, {
    code: 'feed.identity',
    fix: 'Write identity: and secret: into it, as the broker knows them.',
    exit: exitCodes.usage,
  });
}

function notHpfeeds(path: string): Fault {
  return new Fault(`The feed file ${path} is for AMQP.`, {
    code: 'feed.type',
    fix: 'Name one for hpfeeds; what is in RabbitMQ is read with its own tools.',
    exit: exitCodes.usage,
  });
}
