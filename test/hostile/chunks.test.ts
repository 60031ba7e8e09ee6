import { describe, expect, it } from 'vitest';
import { newSession } from '../support/dialogue.ts';
import { latin1 } from '../support/hostile-fuzz.ts';
import { Scene } from '../support/hostile-scene.ts';
import { StrictPlayer } from '../support/hostile-session.ts';
import { bytesOf } from '../support/journals.ts';

const hello = 'EHLO me\r\n';
const envelope = `${hello}MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n`;
const malformed = '521 5.5.4 Syntax: BDAT count [LAST]';

function play(text: string, limits: Parameters<typeof newSession>[0] = {}): StrictPlayer {
  const player = new StrictPlayer(newSession(limits));
  player.receive(latin1(text));
  while (player.owed === 'settlement') player.settle({ kept: true, queueId: 'Q' });
  return player;
}

const codes = ({ finals }: StrictPlayer) => finals.map((reply) => reply.slice(0, 3)).join(' ');

describe('a size that is none', () => {
  it.each([
    '',
    ' ',
    'x',
    '-1',
    '+5',
    '0x5',
    '5.0',
    '5e3',
    ' 5 FIRST',
    '5 LAST now',
    '5LAST',
    '\u0665',
    '1000000000000000',
    '10000000000000000',
    '9007199254740993',
    '99999999999999999999999999999999999999',
    '5\rLAST',
  ])('ends the session, since nobody knows where the commands go on: %j', (size) => {
    const player = new StrictPlayer(newSession());
    player.receive(Buffer.from(`${envelope}BDAT ${size}\r\nQUIT\r\nNOOP\r\n`, 'utf8'));
    expect(player.finals.slice(4)).toEqual([malformed]);
    expect(player.isClosed).toBe(true);
    expect(player.messages).toEqual([]);
  });
});

describe('a chunk', () => {
  it('that is longer than it says leaves commands behind, and those are commands', () => {
    const player = play(`${envelope}BDAT 3 LAST\r\nabcNOOP\r\n`);
    expect(codes(player)).toBe('220 250 250 250 250 250');
    expect(player.messages.map(({ content }) => content)).toEqual(['abc']);
  });

  it('that is shorter than it says takes the commands behind it for content', () => {
    const player = play(`${envelope}BDAT 20\r\nabcQUIT\r\n`);
    expect(codes(player)).toBe('220 250 250 250');
    expect(player.isClosed).toBe(false);
  });

  it('of a million gigabytes is swallowed, and the message is refused when it ends', () => {
    const player = play(`${envelope}BDAT 999999999999999 LAST\r\n`, { messageSize: 1_000 });
    for (let count = 0; count < 100; count++) player.receive(Buffer.alloc(65_536, 'QUIT\r\n'));
    expect(codes(player)).toBe('220 250 250 250');
    expect(player.session.pendingInput).toBe(0);
  });

  it('that is longer than a message may be is refused at its end, and the session goes on', () => {
    const player = play(`${envelope}BDAT 30\r\n${'RSET\r\n'.repeat(5)}MAIL FROM:<e@f>\r\n`, { messageSize: 10 });
    expect(player.finals.slice(4)).toEqual([
      '552 5.3.4 Chunk exceeds message size limit',
      '503 5.5.1 Error: nested MAIL command',
    ]);
    expect(player.messages).toEqual([]);
  });

  it('behind one that was refused is swallowed, and refused too', () => {
    const chunk = `BDAT 6 LAST\r\nRSET\r\n`;
    const player = play(`${envelope}BDAT 30\r\n${'x'.repeat(30)}${chunk}${chunk}NOOP\r\n`, { messageSize: 10 });
    expect(codes(player)).toBe('220 250 250 250 552 551 503 250');
  });

  it.each([
    ['before anything', ''],
    ['before MAIL', hello],
    ['before RCPT', `${hello}MAIL FROM:<a@b>\r\n`],
    ['when all recipients were refused', `${hello}MAIL FROM:<a@b>\r\nRCPT TO:<bad addr@c>\r\n`],
    ['when the last message has ended', `${envelope}BDAT 1 LAST\r\nx`],
    ['after RSET', `${envelope}BDAT 1\r\nxRSET\r\n`],
    ['after another EHLO', `${envelope}BDAT 1\r\nx${hello}`],
  ])('is swallowed and refused %s', (_, before) => {
    const kept = play(before).messages.length;
    const player = play(`${before}BDAT 12 LAST\r\nQUIT\r\nQUIT\r\nNOOP\r\n`);
    expect(player.finals.at(-2)).toMatch(/^5(?:03|54) /);
    expect(player.finals.at(-1)).toBe('250 2.0.0 Ok');
    expect(player.isClosed).toBe(false);
    expect(player.messages).toHaveLength(kept);
  });
});

describe('chunks', () => {
  it('do not mix with DATA', () => {
    const player = play(`${envelope}BDAT 3\r\nabcDATA\r\nBDAT 3 LAST\r\ndef`);
    expect(player.finals.slice(-3)).toEqual([
      '250 2.0.0 Ok: 3 bytes',
      '503 5.5.1 Error: DATA after BDAT',
      '250 2.0.0 Ok: 8 bytes queued as Q',
    ]);
    expect(player.messages.map(({ content }) => content)).toEqual(['abcdef']);
  });

  it('have one last one', () => {
    const player = play(`${envelope}BDAT 1 LAST\r\naBDAT 1 LAST\r\nbNOOP\r\n`);
    expect(codes(player)).toBe('220 250 250 250 250 503 250');
    expect(player.messages.map(({ content }) => content)).toEqual(['a']);
  });

  it('may have nothing in them, when there is one alone', () => {
    const player = play(`${envelope}BDAT 0 LAST\r\n`);
    expect(player.messages.map(({ content }) => content)).toEqual(['']);
  });

  it('of no bytes do not go on for ever', () => {
    const player = play(`${envelope}${'BDAT 0\r\n'.repeat(2_000)}`, { commands: 1_000 });
    expect(player.finals.at(-1)).toMatch(/^421 4\.7\.0 /);
    expect(player.isClosed).toBe(true);
    expect(player.messages).toEqual([]);
  });

  it('of one byte each make a message of 100,000 bytes', async () => {
    const scene = await Scene.open();
    const peer = scene.peer().write(envelope);
    const content = Array.from({ length: 100_000 }, (_, index) => String.fromCharCode(index % 256));
    peer.write(content.map((byte) => `BDAT 1\r\n${byte}`).join(''));
    peer.write('BDAT 0 LAST\r\n');
    await peer.hears('queued as');
    const [capture] = await scene.captures();
    expect(bytesOf(capture!).toString('latin1')).toBe(content.join(''));
  });

  it('that never become a message take no longer than a message may', async () => {
    const scene = await Scene.open({ limits: { content: 400 } });
    const peer = scene.peer().write(envelope);
    await peer.hears('250 2.1.5');
    // Each of them is answered before the next one, so that none of them is late.
    while (!peer.socket.closed && peer.finals.length < 5_000) {
      if ((await peer.ask('BDAT 1\r\nx').catch(() => '421 ')).startsWith('421 ')) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (Date.now() - scene.startedAt > 3_000) break;
    }
    expect(scene.limits).toEqual(['relay.limits.content']);
  });

  it('too short before QUIT leave nothing behind', async () => {
    const scene = await Scene.open({ limits: { idle: 300 } });
    const peer = scene.peer().write(`${envelope}BDAT 100 LAST\r\nQUIT\r\n`);
    await peer.hears('421 4.4.2 ');
    await peer.isClosed();
    expect(scene.openDrafts).toBe(0);
    expect(await scene.captures()).toEqual([]);
  });
});
