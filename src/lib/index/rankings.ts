import type { Counted, IndexReader, Selection } from './index-reader.ts';
import type { TermKind } from './schema.ts';

type Ranked =
  | { readonly by: 'term'; readonly kind: TermKind; readonly in: 'messages' | 'sessions' }
  | { readonly by: 'column'; readonly column: 'intake' | 'campaign' };

const inMessages = (kind: TermKind): Ranked => ({ by: 'term', kind, in: 'messages' });
/** What is tried is counted once for each session, however many messages it brought. */
const inSessions = (kind: TermKind): Ranked => ({ by: 'term', kind, in: 'sessions' });

/** Everything of which the most frequent can be told. */
export const rankings = {
  intake: { by: 'column', column: 'intake' },
  campaign: { by: 'column', column: 'campaign' },
  peer: inMessages('peer'),
  country: inMessages('country'),
  network: inMessages('network'),
  helo: inMessages('helo'),
  mailbox: inMessages('mailbox'),
  from: inMessages('from'),
  author: inMessages('author'),
  to: inMessages('to'),
  domain: inMessages('domain'),
  subject: inMessages('subject'),
  host: inMessages('host'),
  url: inMessages('url'),
  attachment: inMessages('file'),
  type: inMessages('type'),
  hash: inMessages('hash'),
  rule: inMessages('rule'),
  tag: inMessages('tag'),
  verdict: inMessages('verdict'),
  probe: inMessages('probe'),
  login: inSessions('login'),
  user: inSessions('user'),
  password: inSessions('password'),
  scan: inSessions('scan'),
} as const satisfies Readonly<Record<string, Ranked>>;

export type RankingName = keyof typeof rankings;
export const rankingNames = Object.keys(rankings) as RankingName[];

export interface Ranking {
  readonly top: readonly Counted[];
  /** How many different ones there are. */
  readonly different: number;
}

export function rank(index: IndexReader, name: RankingName, query: Selection['query'], most: number): Ranking {
  const ranked: Ranked = rankings[name];
  if (ranked.by === 'column') {
    const top = index.topOf({ query, kinds: ['message', 'evidence'] }, ranked.column, most + 1);
    return { top: top.slice(0, most), different: top.length };
  }
  const kinds = ranked.in === 'sessions' ? (['session'] as const) : (['message', 'evidence'] as const);
  return {
    top: index.top({ query, kinds }, ranked.kind, most),
    different: index.different({ query, kinds }, ranked.kind),
  };
}
