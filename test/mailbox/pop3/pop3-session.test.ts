import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../support/scripted-server.ts';
import { all, loginTo, logIntoScript, openScript, three } from './scene.ts';

const plain = loginTo('UIDL');
const pipelining = loginTo('UIDL', 'PIPELINING');

function listing(...lines: readonly string[]): readonly Turn[] {
  return ['S: +OK', ...lines.map((line) => `S: ${line}` as const), 'S: .'];
}

function whole(uid: string, text: string, size: number): unknown {
  return { uid, content: { kind: 'whole', bytes: Buffer.from(text, 'latin1') }, size };
}

describe('the one folder', () => {
  it('has all messages in the order of their numbers, whatever is wanted', async () => {
    const { session, inbox } = await openScript([...plain, ...three]);
    expect(await session.folders()).toEqual([{ name: 'INBOX', specialUse: undefined, selectable: true }]);
    expect(inbox).toMatchObject({ name: 'INBOX', uidValidity: 'uidl', messages: 3 });
    expect(await inbox.find({ which: 'unseen', since: new Date() })).toEqual(['aaa', 'bbb', 'ccc']);
  });

  it('may be empty', async () => {
    const { inbox } = await openScript([...plain, 'C: UIDL', ...listing(), 'C: LIST', ...listing()]);
    expect(await inbox.find({ which: 'all' })).toEqual([]);
  });

  it('is the only one', async () => {
    const { session } = await logIntoScript(plain);
    await expect(session.open('Junk', 'reading')).rejects.toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['has no UIDL', ['S: -ERR unknown command'], 'unknown command'],
    ['gives two the same UIDL', listing('1 same', '2 same'), 'the UIDL same'],
    ['gives two the same number', listing('1 one', '1 two'), 'the same number'],
    ['gives one no UIDL', listing('1 one', '2 '), 'it lists 2'],
  ] as const)('is not opened when the server %s', async (_, turns, why) => {
    const { session } = await logIntoScript([...plain, 'C: UIDL', ...turns, 'C: LIST', ...listing('1 1', '2 2')]);
    const message = expect.stringMatching(`none of them can be collected.*${why}`);
    await expect(session.open('INBOX', 'reading')).rejects.toMatchObject({ kind: 'refused', message });
  });

  it('is not opened when a line of its listing does not end', async () => {
    const { server, session } = await logIntoScript([...plain, 'C: UIDL', 'S: +OK', Buffer.alloc(2 ** 16, '1')]);
    await expect(session.open('INBOX', 'reading')).rejects.toMatchObject({ kind: 'protocol' });
    await server.closed;
  });

  it('has no news before the signal', async () => {
    const { inbox } = await openScript([...plain, ...three]);
    const stop = new AbortController();
    let isOver = false;
    const waiting = inbox.waitForNews(stop.signal).then(() => (isOver = true));
    await setImmediate();
    expect(isOver).toBe(false);
    stop.abort();
    await waiting;
    await inbox.waitForNews(stop.signal);
  });
});

describe('messages', () => {
  it('come as they were before their dots were doubled, with every byte', async () => {
    const { inbox } = await openScript([
      ...plain,
      ...three,
      'C: RETR 2',
      Buffer.from('+OK 20 octets\r\n..\r\n...a\r\n\0\xe9\xff\n\r.\n.\r\r\n.\r\n', 'latin1'),
    ]);
    expect(await all(inbox.read(['bbb'], 100))).toEqual([whole('bbb', '.\r\n..a\r\n\0\xe9\xff\n\r.\n.\r\r\n', 20)]);
  });

  it('come one after the other, without those that are gone', async () => {
    const { server, inbox } = await openScript([
      ...plain,
      ...three,
      'C: RETR 1',
      ...listing('one'),
      'C: RETR 2',
      'S: -ERR no such message',
      'C: RETR 3',
      ...listing('three'),
    ]);
    const read = await all(inbox.read(['aaa', 'bbb', 'ccc', 'unknown'], 100));
    expect(read).toEqual([whole('aaa', 'one\r\n', 10), whole('ccc', 'three\r\n', 30)]);
    await server.played;
  });

  it('are asked for ahead where the server says PIPELINING, and no more than eight', async () => {
    const numbers = Array.from({ length: 9 }, (_, index) => index + 1);
    const answer = Buffer.from('+OK\r\nx\r\n.\r\n');
    const { server, inbox } = await openScript([
      ...pipelining,
      'C: UIDL',
      ...listing(...numbers.map((number) => `${number} u${number}`)),
      'C: LIST',
      ...listing(...numbers.map((number) => `${number} 3`)),
      ...numbers.slice(0, 8).map((number) => `C: RETR ${number}` as const),
      answer,
      'C: RETR 9',
      Buffer.concat(Array.from({ length: 8 }, () => answer)),
    ]);
    const read = await all(inbox.read(await inbox.find({ which: 'all' }), 100));
    expect(read).toEqual(numbers.map((number) => whole(`u${number}`, 'x\r\n', 3)));
    await server.played;
  });

  it('are only named when they are larger than what is wanted, or have no size', async () => {
    const { server, inbox } = await openScript([
      ...plain,
      'C: UIDL',
      ...listing('1 aaa', '2 bbb', '3 ccc'),
      'C: LIST',
      ...listing('1 101', '2 100'),
      'C: RETR 2',
      ...listing('two'),
    ]);
    expect(await all(inbox.read(['aaa', 'bbb', 'ccc'], 100))).toEqual([
      { uid: 'aaa', content: { kind: 'larger' }, size: 101 },
      { uid: 'ccc', content: { kind: 'larger' }, size: undefined },
      whole('bbb', 'two\r\n', 100),
    ]);
    await server.played;
  });

  it('that nobody wants any more pass by, and what is asked next is answered', async () => {
    const { inbox } = await openScript([
      ...pipelining,
      ...three,
      'C: RETR 1',
      'C: RETR 2',
      'C: RETR 3',
      ...listing('one'),
      ...listing('two'),
      ...listing('three'),
      'C: RETR 2',
      ...listing('two again'),
    ]);
    for await (const { uid } of inbox.read(['aaa', 'bbb', 'ccc'], 100)) {
      expect(uid).toBe('aaa');
      break;
    }
    expect(await all(inbox.read(['bbb'], 100))).toEqual([whole('bbb', 'two again\r\n', 20)]);
  });

  it('that end in the middle are lost', async () => {
    const turns: readonly Turn[] = ['C: RETR 1', 'S: +OK', 'S: half of', 'end'];
    const { session, inbox } = await openScript([...plain, ...three, ...turns]);
    await expect(all(inbox.read(['aaa'], 100))).rejects.toMatchObject({ name: 'MailboxFault', kind: 'lost' });
    expect(session.usable).toBe(false);
  });

  it('that stop in the middle are waited for so long, and no longer', async () => {
    const turns: readonly Turn[] = ['C: RETR 1', 'S: +OK', 'S: half of'];
    const { server, session, inbox } = await openScript([...plain, ...three, ...turns], { silenceMs: 100 });
    await expect(all(inbox.read(['aaa'], 100))).rejects.toMatchObject({ name: 'MailboxFault', kind: 'timeout' });
    expect(session.usable).toBe(false);
    await server.closed;
  });

  it('that are longer than any may be end the connection', async () => {
    const long = Buffer.from(`+OK 10 octets\r\n${'x'.repeat(98)}\r\n.\r\n`);
    const turns: readonly Turn[] = [...plain, ...three, 'C: RETR 1', long];
    const { inbox } = await openScript(turns, { longest: 100 });
    expect(await all(inbox.read(['aaa'], 50))).toHaveLength(1);
    const { server, inbox: strict } = await openScript(turns, { longest: 99 });
    await expect(all(strict.read(['aaa'], 50))).rejects.toMatchObject({ kind: 'protocol' });
    await server.closed;
  });
});

describe('a message in pieces', () => {
  it('has the bytes of the whole', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `.${index}\r\n`).join('');
    const sent = Buffer.from(`+OK\r\n${text.replace(/^\./gm, '..')}.\r\n`);
    const { inbox } = await openScript([...plain, ...three, 'C: RETR 1', sent]);
    const pieces = await all(inbox.stream('aaa'));
    expect(Buffer.concat(pieces).toString()).toBe(text);
  });

  it('comes only as fast as it is taken', async () => {
    const size = 2 ** 25;
    const sent = Buffer.concat([Buffer.from('+OK\r\n'), Buffer.alloc(size, 'x'), Buffer.from('\r\n.\r\n')]);
    const { server, inbox } = await openScript([...plain, ...three, 'C: RETR 1', sent]);
    let taken = 0;
    for await (const piece of inbox.stream('aaa')) {
      // A socket that is not held back would have read all of it in so many turns.
      if (taken === 0) for (let turn = 0; turn < 4_000; turn++) await setImmediate();
      if (taken === 0) expect(server.unsent).toBeGreaterThan(0);
      taken += piece.length;
    }
    expect(taken).toBe(size + 2);
    expect(server.unsent).toBe(0);
  });

  it('has none when it is gone', async () => {
    const { inbox } = await openScript([...plain, ...three, 'C: RETR 1', 'S: -ERR gone']);
    expect(await all(inbox.stream('aaa'))).toEqual([]);
    expect(await all(inbox.stream('unknown'))).toEqual([]);
  });

  it('passes by when nobody wants more of it', async () => {
    const sent = Buffer.from(`+OK\r\n${'x'.repeat(2 ** 20)}\r\n.\r\n`);
    const { inbox } = await openScript([...plain, ...three, 'C: RETR 1', sent, 'C: RETR 2', ...listing('two')]);
    for await (const piece of inbox.stream('aaa')) {
      expect(piece.length).toBeLessThan(2 ** 20);
      break;
    }
    expect(await all(inbox.read(['bbb'], 100))).toEqual([whole('bbb', 'two\r\n', 20)]);
  });
});

describe('deletion', () => {
  const marks: readonly Turn[] = ['C: DELE 1', 'S: +OK', 'C: DELE 3', 'S: +OK', 'C: QUIT'];

  it('is done when the server has confirmed QUIT, and with that the session is over', async () => {
    const { server, session, inbox } = await openScript([...plain, ...three, ...marks]);
    let isDone = false;
    const acting = inbox.act(['aaa', 'ccc', 'unknown'], { kind: 'delete' }).then(() => (isDone = true));
    await server.played;
    expect(isDone).toBe(false);
    server.say('+OK bye');
    await acting;
    expect(session.usable).toBe(false);
    await session.close();
    expect(server.heard.filter((line) => line === 'QUIT')).toHaveLength(1);
  });

  it.each([
    ['S: -ERR some deleted messages not removed', 'refused'],
    ['end', 'lost'],
  ] as const)('is not done when QUIT is followed by %j', async (turn, kind) => {
    const { session, inbox } = await openScript([...plain, ...three, ...marks, turn]);
    await expect(inbox.act(['aaa', 'ccc'], { kind: 'delete' })).rejects.toMatchObject({ kind });
    expect(session.usable).toBe(false);
  });

  const refused: readonly Turn[] = ['C: DELE 1', 'S: +OK', 'C: DELE 2', 'S: -ERR read-only', 'C: RSET'];

  it('of some is taken back when others are refused', async () => {
    const turns: readonly Turn[] = [...refused, 'S: +OK', 'C: QUIT', 'S: +OK'];
    const { server, session, inbox } = await openScript([...plain, ...three, ...turns]);
    await expect(inbox.act(['aaa', 'bbb'], { kind: 'delete' })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('1 of 2: read-only'),
    });
    await session.close();
    await server.played;
  });

  it('that cannot be taken back is not confirmed by a QUIT either', async () => {
    const { server, session, inbox } = await openScript([...plain, ...three, ...refused, 'S: -ERR no']);
    await expect(inbox.act(['aaa', 'bbb'], { kind: 'delete' })).rejects.toMatchObject({ kind: 'refused' });
    await session.close();
    await server.closed;
    expect(server.heard.at(-1)).toBe('RSET');
  });

  it.each([{ kind: 'seen' }, { kind: 'flag', flag: '$Trap' }, { kind: 'move', to: 'Done' }] as const)(
    'is all that can be done: not %j',
    async (action) => {
      const { server, session, inbox } = await openScript([...plain, ...three]);
      await expect(inbox.act(['aaa'], action)).rejects.toMatchObject({ kind: 'refused' });
      expect(server.heard.at(-1)).toBe('LIST');
      expect(session.usable).toBe(true);
    },
  );
});

describe('a session', () => {
  it('says goodbye, and waits for the answer', async () => {
    const { server, session } = await logIntoScript([...plain, 'C: QUIT', 'S: +OK']);
    await session.close();
    await server.played;
    await server.closed;
    expect(session.usable).toBe(false);
  });

  it('does not wait for a goodbye for ever', async () => {
    const { server, session } = await logIntoScript([...plain, 'C: QUIT']);
    await session.close();
    await server.closed;
  });

  it('can be left at once', async () => {
    const { server, session } = await logIntoScript(plain);
    session.abandon();
    expect(session.usable).toBe(false);
    await server.closed;
    expect(server.heard).not.toContain('QUIT');
  });

  it('is of no more use once the server has ended it, even when nothing was asked', async () => {
    const { server, session } = await logIntoScript(plain);
    server.hangUp();
    await expect.poll(() => session.usable).toBe(false);
    await expect(session.open('INBOX', 'reading')).rejects.toMatchObject({ kind: 'lost' });
    await session.close();
  });

  it('is of no more use once the server speaks unasked, since replies could no longer be told apart', async () => {
    const { server, session } = await logIntoScript(plain);
    server.say('-ERR Disconnected for inactivity');
    await expect.poll(() => session.usable).toBe(false);
    const message = expect.stringContaining('-ERR Disconnected for inactivity');
    await expect(session.open('INBOX', 'reading')).rejects.toMatchObject({ kind: 'lost', message });
    await server.closed;
  });

  it('ends when a reply has another one behind it', async () => {
    const turns: readonly Turn[] = ['C: RETR 1', Buffer.from('-ERR gone\r\n+OK\r\n')];
    const { inbox } = await openScript([...plain, ...three, ...turns]);
    await expect(all(inbox.read(['aaa', 'bbb'], 100))).rejects.toMatchObject({ kind: 'protocol' });
  });
});
