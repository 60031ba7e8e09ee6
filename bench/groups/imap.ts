import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ImapFlow } from 'imapflow';
import type { Group, Round } from '../group.ts';
import { startChild, waitFor, endChild } from '../machine/children.ts';
import { peakResidentMiB } from '../machine/process-facts.ts';
import { median } from '../median.ts';
import { startBroker, type FeedBroker } from '../peers/feed.ts';
import { startMailStore, textOf, type MailStore } from '../peers/mail-store.ts';
import { dovecotImap, mbsync, root } from '../peers/need.ts';
import { ratio, type Measured, type Row } from '../row.ts';

const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));
const limit = 300;

/** Mailboxes, messages in each, and their smallest and largest size. */
const loads = {
  'imap/5000': { users: 1, count: 5_000, from: 2_000, to: 34_000 },
  'imap/20000': { users: 1, count: 20_000, from: 2_000, to: 16_000 },
  'imap/many': { users: 50, count: 200, from: 2_000, to: 16_000 },
} as const;

const needs = [dovecotImap, mbsync, root];
const about =
  'TLS, journalled, confirmed by a broker, then marked; mbsync with FSync yes is the peer, and marks nothing';

const rows: readonly Row[] = [
  {
    name: 'imap/5000',
    about: `5,000 messages of 18 KB: ${about}`,
    unit: 'x',
    partsUnit: '/s',
    target: { atLeast: 2 },
    needs,
  },
  {
    name: 'imap/20000',
    about: '20,000 messages of 9 KB, the same',
    unit: 'x',
    partsUnit: '/s',
    target: { atLeast: 2 },
    needs,
  },
  { name: 'imap/many', about: '50 mailboxes with 200 messages each, the same', unit: 'x', partsUnit: '/s', needs },
  {
    name: 'imap/memory',
    about: 'peak resident memory while 20,000 messages are collected',
    unit: 'MiB',
    target: { atMost: 200 },
    needs,
  },
  {
    name: 'imap/idle',
    about: 'from the file in the maildir to the published record, beyond what bare imapflow takes to have the message',
    unit: 'ms',
    partsUnit: 'ms',
    target: { atMost: 15 },
    needs: [dovecotImap, root],
  },
];

/** Trap mailboxes on Debian's Dovecot. */
export const imap: Group = {
  name: 'imap',
  rows,
  async measure(round) {
    const measured = new Map<string, Measured>();
    await withServers(round, async (store, broker) => {
      for (const [name, load] of Object.entries(loads)) {
        const wantsMemory = name === 'imap/20000' && round.rows.has('imap/memory');
        if (!round.rows.has(name) && !wantsMemory) continue;
        const users = Array.from({ length: load.users }, (_, index) => `${name.slice(5)}-${index}`);
        for (const user of users) store.fill(user, sizes(load));
        const total = load.users * load.count;
        const peer = await withMbsync(round, store, users, total);
        const ours = await withSpamtrap(round, store, { broker, users, total });
        round.say(`${name}: spamtrap ${Math.round(ours.perSecond)}/s, mbsync ${Math.round(peer)}/s`);
        if (round.rows.has(name)) measured.set(name, ratio(ours.perSecond, peer));
        if (wantsMemory) measured.set('imap/memory', { value: ours.peakMiB });
      }
      if (round.rows.has('imap/idle')) {
        const peer = await bareIdle(store);
        const ours = await ourIdle(round, store, broker);
        measured.set('imap/idle', { value: ours - peer, ours, peer });
      }
    });
    return measured;
  },
};

async function withServers(
  { work }: Round,
  use: (store: MailStore, broker: FeedBroker) => Promise<void>,
): Promise<void> {
  const store = await startMailStore(work.folder('mail-store'));
  const broker = await startBroker('spamtrap', work.folder('broker'));
  try {
    await use(store, broker);
  } finally {
    await broker.stop();
    await store.stop();
  }
}

/** Spread evenly, in an order that is the same each time. */
function sizes({ count, from, to }: { readonly count: number; readonly from: number; readonly to: number }): number[] {
  return Array.from({ length: count }, (_, index) => from + (((index * 7919) % count) * (to - from)) / count);
}

async function withMbsync({ work }: Round, store: MailStore, users: readonly string[], total: number): Promise<number> {
  const folder = work.folder('mbsync');
  const file = join(folder, 'mbsyncrc');
  writeFileSync(file, ['FSync yes', '', ...users.map((user) => account(folder, store, user))].join('\n'));
  for (const user of users) mkdirSync(join(folder, user));
  const startedAt = performance.now();
  const status = await waitFor(startChild('mbsync', ['-q', '-a', '-c', file], { stdio: 'ignore' }), limit);
  if (status !== 0) throw new Error(`mbsync ended with ${status}; see ${file}`);
  return perSecond(total, startedAt);
}

function account(folder: string, { port, cert }: MailStore, user: string): string {
  return `IMAPAccount ${user}
Host localhost
Port ${port}
User ${user}
Pass secret
SSLType IMAPS
CertificateFile ${cert}

IMAPStore ${user}-far
Account ${user}

MaildirStore ${user}-near
Path ${folder}/${user}/
Inbox ${folder}/${user}/inbox

Channel ${user}
Far :${user}-far:
Near :${user}-near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`;
}

interface Collecting {
  readonly broker: FeedBroker;
  readonly users: readonly string[];
  readonly total: number;
}

async function withSpamtrap(round: Round, store: MailStore, { broker, users, total }: Collecting) {
  const folder = round.work.folder('collect');
  const startedAt = performance.now();
  const child = startChild(program, ['collect', '--json', ...words(folder, { store, broker, users })], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMiB = 0;
  const sampling = setInterval(() => {
    try {
      peakMiB = Math.max(peakMiB, peakResidentMiB(child.pid));
    } catch {
      // It has just ended.
    }
  }, 50);
  const status = await waitFor(child, limit);
  clearInterval(sampling);
  if (status !== 0) throw new Error(`spamtrap collect ended with ${status}; see ${folder}`);
  return { perSecond: perSecond(total, startedAt), peakMiB };
}

function words(
  folder: string,
  { store, broker, users }: { store: MailStore; broker: FeedBroker; users: readonly string[] },
): string[] {
  const mailboxes = users.map((username) => ({
    username,
    password: 'secret',
    protocol: 'imap',
    host: 'localhost',
    port: store.port,
    tls: { ca: store.cert },
    folders: ['INBOX'],
  }));
  const access = { broker: '127.0.0.1', port: broker.port, identity: 'sensor', secret: broker.secrets.sensor };
  const files = {
    mailboxes: join(folder, 'mailboxes.json'),
    feed: join(folder, 'feed.json'),
    trap: join(folder, 'trap.yml'),
  };
  writeFileSync(files.mailboxes, JSON.stringify(mailboxes));
  writeFileSync(files.feed, JSON.stringify({ ...access, channels: ['spam.mails'] }));
  writeFileSync(files.trap, JSON.stringify({ outputs: {}, daybook: { keep: 'no' } }));
  return ['--config', files.trap, '-m', files.mailboxes, '-f', files.feed, '--data-dir', join(folder, 'data')];
}

function perSecond(count: number, startedAt: number): number {
  return count / ((performance.now() - startedAt) / 1_000);
}

const deliveries = 20;
/** Between two of them everybody has long gone back to idling; what comes before that is noticed sooner. */
const calm = 1_000;

/** Milliseconds until bare imapflow has a message that was put into the mailbox, in the median. */
async function bareIdle(store: MailStore): Promise<number> {
  const user = 'idle-bare';
  store.fill(user, [2_000]);
  const client = new ImapFlow({
    host: 'localhost',
    port: store.port,
    secure: true,
    tls: { ca: textOf(store.cert) },
    auth: { user, pass: 'secret' },
    logger: false,
  });
  await client.connect();
  await client.mailboxOpen('INBOX');
  const times: number[] = [];
  for (let index = 0; index < deliveries; index++) {
    const came = once(client, 'exists');
    void client.idle();
    await sleep(calm);
    const putAt = store.put(user, `${1_800_000_000 + index}.bare${index}.bench`);
    const [{ count }] = (await came) as [{ count: number }];
    await client.fetchOne(String(count), { source: true });
    times.push(Date.now() - putAt);
  }
  await client.logout();
  return median(times);
}

async function ourIdle(round: Round, store: MailStore, broker: FeedBroker): Promise<number> {
  const user = 'idle-ours';
  store.fill(user, [2_000]);
  const folder = round.work.folder('collect');
  const child = startChild(program, ['collect', '-c', '--json', ...words(folder, { store, broker, users: [user] })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const published = createInterface({ input: child.stdout! });
  const next = () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const look = (line: string) => {
      if (!line.includes('"output.delivered"')) return;
      published.off('line', look);
      resolve(Date.parse((JSON.parse(line) as { time: string }).time));
    };
    published.on('line', look);
    return promise;
  };
  await next();
  const times: number[] = [];
  for (let index = 0; index < deliveries; index++) {
    await sleep(calm);
    const delivered = next();
    const putAt = store.put(user, `${1_800_000_000 + index}.ours${index}.bench`);
    times.push((await delivered) - putAt);
  }
  await endChild(child);
  return median(times);
}
