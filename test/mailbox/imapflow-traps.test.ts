import { expect, onTestFinished, test } from 'vitest';
import { openImap } from '../../src/lib/mailbox/imap/open-imap.ts';
import type { MailboxAccess } from '../../src/lib/mailbox/access.ts';
import type { Fetched, MailboxSession, OpenFolder } from '../../src/lib/mailbox/session.ts';
import { accessTo, row, scriptedImap, type ImapScript } from '../support/scripted-imap.ts';
import type { AnsweringServer } from '../support/answering-server.ts';

// What imapflow does where one would expect something else. Each of these was found the hard way by somebody.

interface Opened {
  readonly server: AnsweringServer;
  readonly session: MailboxSession;
  readonly folder: OpenFolder;
}

async function opened(script: ImapScript, access: Partial<MailboxAccess> = {}): Promise<Opened> {
  const server = await scriptedImap(script);
  const session = await openImap(accessTo(server.port, access), new AbortController().signal);
  onTestFinished(() => session.abandon());
  return { server, session, folder: await session.open('INBOX', 'acting') };
}

async function all(fetching: AsyncIterable<Fetched>): Promise<Fetched[]> {
  const rows: Fetched[] = [];
  for await (const fetched of fetching) rows.push(fetched);
  return rows;
}

test('a row that nobody asked for is no message', async () => {
  const { folder } = await opened({
    on: {
      'UID FETCH': `* 9 FETCH (FLAGS (\\Seen) UID 9)\r\n${row(1, 1, 'one')}* 2 FETCH (FLAGS (\\Seen) UID 2)\r\n${row(2, 2, 'two')}${row(5, 5, 'five')}$ OK done\r\n`,
    },
  });
  expect((await all(folder.read(['1', '2'], 100))).map(({ uid }) => uid)).toEqual(['1', '2']);
});

test('a message without content is named, and not taken for an empty one', async () => {
  const { folder } = await opened({
    on: {
      'UID FETCH': `* 1 FETCH (UID 1 RFC822.SIZE 10 BODY[]<0> NIL)\r\n* 2 FETCH (UID 2 RFC822.SIZE 10)\r\n$ OK done\r\n`,
    },
  });
  const kinds = (await all(folder.read(['1', '2'], 100))).map(({ content }) => content.kind);
  expect(kinds).toEqual(['withheld', 'withheld']);
});

test('a server that lies about the size gets through with no more than is held', async () => {
  const { folder, server } = await opened({
    on: { 'UID FETCH': `${row(1, 1, 'x'.repeat(11), 3)}$ OK done\r\n` },
  });
  expect((await all(folder.read(['1'], 10))).map(({ content }) => content.kind)).toEqual(['larger']);
  expect(server.lines.some((line) => line.includes('BODY.PEEK[]<0.11>'))).toBe(true);
});

test('a literal that is announced larger than anything wanted ends the connection', async () => {
  const { folder } = await opened(
    { on: { 'UID FETCH': '* 1 FETCH (UID 1 BODY[]<0> {3000000000}\r\n' } },
    { longest: 2_000_000 },
  );
  await expect(all(folder.read(['1'], 100))).rejects.toMatchObject({ name: 'MailboxFault' });
});

test('a connection that has ended finds a fault, not nothing', async () => {
  const { folder, session } = await opened({ on: { 'UID SEARCH': () => ({ end: '' }) } });
  await expect(folder.find({ which: 'all' })).rejects.toMatchObject({ kind: 'lost' });
  expect(session.usable).toBe(false);
  await expect(all(folder.read(['1'], 100))).rejects.toMatchObject({ kind: 'lost' });
  await expect(folder.act(['1'], { kind: 'seen' })).rejects.toMatchObject({ kind: 'lost' });
});

test.each(['fin', 'rst'])('a %s in the middle of a message leaves what came whole, and a fault', async (how) => {
  const { folder } = await opened({
    on: {
      'UID FETCH': (_, client) => {
        const half = Buffer.from(row(1, 1, 'whole') + row(2, 2, 'y'.repeat(500)).slice(0, 200));
        if (how === 'fin') return { end: half };
        client.write(half, () => client.resetAndDestroy());
        return undefined;
      },
    },
  });
  const came: string[] = [];
  const reading = (async () => {
    for await (const { uid } of folder.read(['1', '2'], 1_000)) came.push(uid);
  })();
  await expect(reading).rejects.toMatchObject({ kind: 'lost' });
  expect(came.every((uid) => uid === '1')).toBe(true);
});

test('a search that is refused is a fault, and not an empty folder', async () => {
  const { folder } = await opened({ on: { 'UID SEARCH': '$ NO not now\r\n' } });
  await expect(folder.find({ which: 'all' })).rejects.toMatchObject({ kind: 'refused' });
});

test('a search names messages by uid, never with a charset, and each once', async () => {
  const { folder, server } = await opened({ on: { 'UID SEARCH': '* SEARCH 20 3 3 100\r\n$ OK done\r\n' } });
  expect(await folder.find({ which: 'unseen', since: new Date('2026-11-01T12:00:00Z') })).toEqual(['3', '20', '100']);
  const searches = server.lines.filter((line) => /SEARCH/i.test(line));
  expect(searches).toEqual([expect.stringMatching(/ UID SEARCH UNSEEN SINCE 0?1-Nov-2026$/)]);
});

test.each([
  ['seen', { kind: 'seen' }],
  ['move', { kind: 'move', to: 'Collected' }],
  ['delete', { kind: 'delete' }],
] as const)('%s that the server refuses is a fault, not done', async (_, action) => {
  const no = '$ NO you may not\r\n';
  const { folder } = await opened({ on: { 'UID STORE': no, 'UID MOVE': no } });
  await expect(folder.act(['1'], action)).rejects.toMatchObject({ kind: 'refused' });
});

test('a flag that the folder does not take is a fault', async () => {
  const { folder } = await opened({
    select:
      '* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen)] ok\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n$ OK [READ-WRITE] ok\r\n',
  });
  await expect(folder.act(['1'], { kind: 'flag', flag: '$Collected' })).rejects.toMatchObject({ kind: 'refused' });
});

test('nothing is ever expunged but by uid', async () => {
  const { folder, server } = await opened({});
  await folder.act(['1', '3'], { kind: 'delete' });
  expect(server.lines.filter((line) => /STORE|EXPUNGE/i.test(line)).map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'UID STORE 1,3 +FLAGS.SILENT (\\Deleted)',
    expect.stringMatching(/^UID STORE 1,3 \+FLAGS(?:\.SILENT)? \(\\Deleted\)$/),
    'UID EXPUNGE 1,3',
  ]);
});

test('without UIDPLUS messages are flagged as deleted, and nothing is expunged', async () => {
  const { folder, server, session } = await opened({ capabilities: 'IMAP4rev1 IDLE' });
  await folder.act(['1', '2'], { kind: 'delete' });
  expect(server.lines.some((line) => /EXPUNGE/i.test(line))).toBe(false);
  expect(session.features.lacks.delete).toContain('UIDPLUS');
  expect(session.features.actions).not.toContain('move');
});

test('without MOVE messages are copied, and then expunged by uid', async () => {
  const { folder, server } = await opened({ capabilities: 'IMAP4rev1 UIDPLUS' });
  await folder.act(['2'], { kind: 'move', to: 'Collected' });
  const said = server.lines.map((line) => line.replace(/^\S+ /, ''));
  expect(said.filter((line) => /COPY|EXPUNGE/i.test(line))).toEqual(['UID COPY 2 Collected', 'UID EXPUNGE 2']);
});

test('STARTTLS that somebody took out of the offer is a fault before the password goes', async () => {
  const server = await scriptedImap({ capabilities: 'IMAP4rev1 IDLE' });
  const opening = openImap(accessTo(server.port, { security: 'starttls' }), new AbortController().signal);
  await expect(opening).rejects.toMatchObject({ kind: 'tls' });
  expect(server.lines.join('\n')).not.toMatch(/LOGIN|AUTHENTICATE|secret/i);
});

test('a greeting that says that we are logged in already is not believed', async () => {
  const server = await scriptedImap({ greeting: '* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n' });
  const opening = openImap(accessTo(server.port), new AbortController().signal);
  await expect(opening).rejects.toMatchObject({ kind: 'protocol' });
});

test.each([
  ['$ NO [AUTHENTICATIONFAILED] Invalid credentials\r\n', 'credentials', undefined],
  ['$ NO [UNAVAILABLE] Temporary failure\r\n', 'throttled', undefined],
  ['$ NO [ALERT] Too many simultaneous connections. (Failure)\r\n', 'throttled', undefined],
  ['$ NO [AUTHENTICATIONFAILED] Too many login failures, try again later\r\n', 'throttled', undefined],
  ['$ BAD Request is throttled. Suggested Backoff Time: 12000 milliseconds\r\n', 'throttled', 12_000],
])('a login that is answered with %j', async (answer, kind, retryAfterMs) => {
  const server = await scriptedImap({ on: { LOGIN: answer } });
  const opening = openImap(accessTo(server.port), new AbortController().signal);
  await expect(opening).rejects.toMatchObject({ kind, retryAfterMs });
});

test('a server that says nothing is given up after the time it may be silent', async () => {
  const { folder, session } = await opened({ on: { 'UID SEARCH': () => undefined } }, { silenceMs: 200 });
  await expect(folder.find({ which: 'all' })).rejects.toMatchObject({ name: 'MailboxFault' });
  expect(session.usable).toBe(false);
});

test('idling is begun anew before the server loses patience, and a dead server is noticed meanwhile', async () => {
  const { folder, server } = await opened({}, { idleMs: 100, silenceMs: 60_000 });
  const ending = new AbortController();
  const waiting = folder.waitForNews(ending.signal);
  await expect.poll(() => server.lines.filter((line) => / IDLE$/i.test(line)).length).toBeGreaterThan(2);
  ending.abort();
  await waiting;
});

test('a server that does not even confirm that we idle is dead', async () => {
  const { folder } = await opened({ on: { IDLE: () => undefined } }, { silenceMs: 200 });
  await expect(folder.waitForNews(new AbortController().signal)).rejects.toMatchObject({ kind: 'lost' });
});

test('a server that has nothing to say but answers is not dead', async () => {
  const { folder, server } = await opened({}, { silenceMs: 100 });
  const enough = new AbortController();
  const waited = folder.waitForNews(enough.signal);
  await expect
    .poll(() => server.lines.filter((line) => / NOOP$/i.test(line)).length, { timeout: 5_000 })
    .toBeGreaterThan(2);
  enough.abort();
  await waited;
});

test('news that came while the server searched are news', async () => {
  const { folder, server } = await opened({
    exists: 3,
    on: { 'UID SEARCH': '* SEARCH 1 2 3\r\n* 4 EXISTS\r\n$ OK done\r\n' },
  });
  await folder.find({ which: 'all' });
  await folder.waitForNews(new AbortController().signal);
  expect(server.lines.some((line) => / IDLE$/i.test(line))).toBe(false);
});

test('a server that does not let us idle is not asked without a pause', async () => {
  const { folder, server } = await opened({ on: { IDLE: '$ NO not here\r\n' } });
  const before = performance.now();
  await folder.waitForNews(new AbortController().signal);
  await folder.waitForNews(new AbortController().signal);
  expect(performance.now() - before).toBeGreaterThan(1_500);
  expect(server.lines.filter((line) => / IDLE$/i.test(line))).toHaveLength(2);
});

test('a session that has said goodbye does not count as one that has no news', async () => {
  const { folder } = await opened({ on: { IDLE: '* BYE shutting down\r\n$ OK bye\r\n' } });
  await expect(
    (async () => {
      for (;;) await folder.waitForNews(new AbortController().signal);
    })(),
  ).rejects.toMatchObject({ name: 'MailboxFault' });
});
