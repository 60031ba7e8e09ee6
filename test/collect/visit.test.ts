import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Book } from '../../src/lib/collect/book/book.ts';
import { ByteGate } from '../../src/lib/collect/byte-gate.ts';
import { Custody, type Keeping } from '../../src/lib/collect/custody.ts';
import { noFigures } from '../../src/lib/collect/figures.ts';
import { nobodyElse } from '../../src/lib/collect/finished.ts';
import { Handovers } from '../../src/lib/collect/handovers.ts';
import { collectLayout } from '../../src/lib/collect/layout.ts';
import { Ledger } from '../../src/lib/collect/ledger.ts';
import type { Mailbox } from '../../src/lib/collect/mailbox.ts';
import { Visit } from '../../src/lib/collect/visit.ts';
import type { MailboxSession, OpenFolder } from '../../src/lib/mailbox/session.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A folder of a server that does not promise that a number means the same message tomorrow. */
class Unnumbered implements OpenFolder {
  readonly name = 'INBOX';
  readonly uidValidity = undefined;
  readonly messages = 1;
  readonly deleted: string[] = [];
  readonly there: Map<string, string>;

  constructor(there: Record<string, string>) {
    this.there = new Map(Object.entries(there));
  }

  find = async () => [...this.there.keys()];

  async *read(uids: readonly string[]) {
    for (const uid of uids) {
      const bytes = Buffer.from(this.there.get(uid)!);
      yield { uid, content: { kind: 'whole' as const, bytes }, size: bytes.length };
    }
  }

  async *stream() {
    yield* [];
  }

  async act(uids: readonly string[]): Promise<void> {
    for (const uid of uids) {
      this.deleted.push(this.there.get(uid)!);
      this.there.delete(uid);
    }
  }

  async waitForNews(): Promise<void> {}
}

function visits() {
  const folder = temporaryDirectory();
  const layout = collectLayout(folder);
  const book = new Book(join(folder, 'book.db'), Date.now);
  const ledger = new Ledger(layout, Date.now);
  const handovers = new Handovers(['stream']);
  let count = 0;
  const draft: Keeping['draft'] = () => {
    const beginning: Buffer[] = [];
    return {
      beginning,
      write: (chunk) => void beginning.push(chunk),
      accept: async (origin) => {
        const bytes = Buffer.concat(beginning);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const id = `id-${++count}`;
        return { ...origin, id, receivedAt: new Date().toISOString(), sha256, size: bytes.length };
      },
      abandon: async () => undefined,
    };
  };
  const journal = { draft, position: () => ({ segment: 1, offset: count }) };
  const custody = new Custody({ journal, book, ledger, handovers, emit: () => undefined, now: Date.now });
  onTestFinished(() => {
    ledger.close();
    book.close();
  });
  const mailbox = {
    name: 'trap',
    account: 'imap:trap@mail.example',
    access: { username: 'trap', longest: 1_000_000 },
    which: 'all',
    action: { kind: 'delete' },
  } as unknown as Mailbox;
  return {
    handOver: () => handovers.hear({ output: 'stream', since: '', upTo: '~', refused: [] }),
    open: (there: OpenFolder) => {
      const session = {
        open: async () => there,
        features: { actsAtEnd: false, lacks: {} },
        usable: true,
        peer: { address: '127.0.0.1', port: 143 },
      } as unknown as MailboxSession;
      const means = {
        custody,
        finished: nobodyElse,
        forget: async () => undefined,
        gate: new ByteGate(1_000_000),
        emit: () => undefined,
        now: Date.now,
      };
      return Visit.open(means, { mailbox, session, figures: noFigures(), id: 'session' }, 'INBOX');
    },
  };
}

const signal = new AbortController().signal;

it('deletes nothing that it has not seen, where a number may mean another message by now', async () => {
  const { open, handOver } = visits();
  const yesterday = new Unnumbered({ 7: 'first' });
  await (await open(yesterday)).collect(signal);
  handOver();
  const today = new Unnumbered({ 7: 'second' });
  const visit = await open(today);
  await visit.act();
  expect(visit.hasToAct).toBe(false);
  expect(today.deleted).toEqual([]);
  await visit.collect(signal);
  // Here both are handed over as soon as they are kept.
  expect([...yesterday.deleted, ...today.deleted]).toEqual(['second']);
});

it('deletes there what it sees again, and what it knows by its content', async () => {
  const { open, handOver } = visits();
  const there = new Unnumbered({ 7: 'first', 8: 'second' });
  await (await open(there)).collect(signal);
  expect(there.deleted).toEqual([]);
  handOver();
  await (await open(there)).collect(signal);
  expect(there.deleted).toEqual(['first', 'second']);
});
