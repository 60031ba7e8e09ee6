import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { decodeReceipt } from '../../src/lib/hpfeeds/receipt.ts';
import { Ingest, type IngestNotice } from '../../src/lib/ingest/ingest.ts';
import type { Store } from '../../src/lib/ingest/store.ts';

// A sensor that waits for `stored` forgets a message as soon as its receipt comes.

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');
const mail = (text: string) => ({ channel: 'spam.mails', ident: 'sensor', payload: Buffer.from(text) });
const record = (msg: string, sha256 = sha256Of(msg)) => mail(JSON.stringify({ sha256, msg }));

function ingestInto(store: Store) {
  const said: { readonly channel: string; readonly sha256: readonly string[] | undefined }[] = [];
  const notices: IngestNotice[] = [];
  const ingest = new Ingest(store, (notice) => notices.push(notice));
  const publish = (channel: string, payload: Buffer) => {
    said.push({ channel, sha256: decodeReceipt(payload)?.sha256 });
  };
  return { said, notices, take: (...messages: ReturnType<typeof mail>[]) => ingest.take(messages, publish) };
}

it('says that messages are stored when they are, and not before', async () => {
  const stored = Promise.withResolvers<void>();
  const { said, take } = ingestInto({ keeps: 'durably', put: () => stored.promise });
  const taken = take(record('one'), mail('two'));
  // Whatever could run before the store is done has run.
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual([]);
  stored.resolve();
  await taken;
  expect(said).toEqual([{ channel: 'trap.receipts', sha256: [sha256Of('one'), sha256Of('two')] }]);
});

it('says nothing of what could not be stored', async () => {
  const { said, take } = ingestInto({ keeps: 'durably', put: () => Promise.reject(new Error('the disk is full')) });
  await expect(take(record('one'))).rejects.toThrow('the disk is full');
  expect(said).toEqual([]);
});

it('says nothing where a store gives no promise', async () => {
  const { said, take } = ingestInto({ keeps: 'no promise', put: async () => undefined });
  await take(record('one'));
  expect(said).toEqual([]);
});

it('keeps what does not have the hash that it claims, and confirms it to nobody', async () => {
  const kept: string[] = [];
  const { said, notices, take } = ingestInto({
    keeps: 'durably',
    put: async (messages) => void kept.push(...messages.map(({ bytes }) => bytes.toString())),
  });
  await take(record('changed on the way', sha256Of('as it was')), record('whole'));
  expect(kept).toEqual(['changed on the way', 'whole']);
  expect(notices.map(({ message }) => message.bytes.toString())).toEqual(['changed on the way']);
  expect(said).toEqual([{ channel: 'trap.receipts', sha256: [sha256Of('whole')] }]);
});
