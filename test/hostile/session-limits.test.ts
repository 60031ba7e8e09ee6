import { describe, expect, it } from 'vitest';
import type { IntakeLimits } from '../../src/lib/intake/intake-settings.ts';
import { Scene } from '../support/hostile-scene.ts';

const hello = 'EHLO me\r\n';
const envelope = 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n';
const message = `${envelope}DATA\r\none\r\n.\r\n`;
const tooBig = '552 5.3.4 Error: message file too big';
const tooManyErrors = '421 4.7.0 mail.example.test Error: too many errors';

interface Case {
  readonly limits: Partial<IntakeLimits>;
  readonly says: string;
  /** What is answered to the last of it. */
  readonly hears: string;
  /** Without it the session is over. */
  readonly goesOn?: boolean;
  readonly reached: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  commands: {
    limits: { commands: 3 },
    says: `${hello}NOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\n`,
    hears: '421 4.7.0 mail.example.test Error: too many commands',
    reached: ['commands'],
  },
  errors: { limits: { errors: 3 }, says: 'X\r\n'.repeat(5), hears: tooManyErrors, reached: ['errors'] },
  junk: {
    limits: { junk: 3, errors: 2 },
    says: 'NOOP\r\n'.repeat(9),
    hears: tooManyErrors,
    reached: ['junk', 'errors'],
  },
  recipients: {
    limits: { recipients: 1 },
    says: `${hello}${envelope}RCPT TO:<e@f>\r\n`,
    hears: '452 4.5.3 Error: too many recipients',
    goesOn: true,
    reached: ['recipients'],
  },
  envelope: {
    limits: { envelope: 12 },
    says: `${hello}${envelope}RCPT TO:<ee@f>\r\nRCPT TO:<eeee@ff>\r\n`,
    hears: '452 4.5.3 Error: too many recipients',
    goesOn: true,
    reached: ['envelope'],
  },
  messages: {
    limits: { messages: 1 },
    says: `${hello}${message}MAIL FROM:<a@b>\r\n`,
    hears: '450 4.7.1 Error: too much mail from 127.0.0.1',
    goesOn: true,
    reached: ['messages'],
  },
  'messageSize as it is declared': {
    limits: { messageSize: 100 },
    says: `${hello}MAIL FROM:<a@b> SIZE=101\r\n`,
    hears: '552 5.3.4 Message size exceeds fixed limit',
    goesOn: true,
    reached: ['messageSize'],
  },
  'messageSize as it is': {
    limits: { messageSize: 100 },
    says: `${hello}MAIL FROM:<a@b> SIZE=1\r\nRCPT TO:<c@d>\r\nDATA\r\n${'x'.repeat(99)}\r\n.\r\n`,
    hears: tooBig,
    goesOn: true,
    reached: ['messageSize'],
  },
  header: {
    limits: { header: 30 },
    says: `${hello}${envelope}DATA\r\n${'A: 345678\r\n'.repeat(3)}\r\n.\r\n`,
    hears: tooBig,
    goesOn: true,
    reached: ['header'],
  },
  contentLine: {
    limits: { contentLine: 30 },
    says: `${hello}${envelope}DATA\r\n\r\n${'x'.repeat(31)}\r\n.\r\n`,
    hears: tooBig,
    goesOn: true,
    reached: ['contentLine'],
  },
  commandLine: {
    limits: { commandLine: 512 },
    says: `NOOP ${'x'.repeat(600)}\r\n`,
    // Postfix takes the beginning for the command.
    hears: '250 2.0.0 Ok',
    goesOn: true,
    reached: ['commandLine'],
  },
};

describe('a limit of a session', () => {
  it.each(Object.entries(cases))(
    'holds, has its reply and is told: %s',
    async (_, { limits, says, hears, goesOn, reached }) => {
      const scene = await Scene.open({ limits });
      const peer = scene.peer();
      await peer.hears('220 ');
      peer.write(says);
      await peer.hears(hears);
      if (goesOn) {
        expect(peer.finals.at(-1)).toBe(hears);
        expect(await peer.ask('NOOP\r\n')).toBe('250 2.0.0 Ok');
        peer.write('QUIT\r\n');
      }
      await peer.isClosed();
      const [closed] = await scene.happens('session.closed');
      expect(closed?.endedBy).toBe(goesOn ? 'quit' : 'limit');
      expect(scene.limits).toEqual(reached.map((limit) => `relay.limits.${limit}`));
    },
  );

  it.each([
    ['messageSize', { messageSize: 100 }, 'x'.repeat(98)],
    ['header', { header: 30 }, 'A: 345678\r\nB: 345678\r\nC: 3\r\n\r\n' + 'x'.repeat(100)],
    ['contentLine', { contentLine: 30 }, `\r\n${'x'.repeat(30)}`],
  ])('takes what is just within it: %s', async (_, limits, content) => {
    const scene = await Scene.open({ limits });
    const peer = scene.peer().write(`${hello}${envelope}DATA\r\n${content}\r\n.\r\n`);
    await peer.hears('queued as');
    expect(scene.limits).toEqual([]);
  });

  it('holds a line that is endless without keeping it', async () => {
    const scene = await Scene.open();
    const peer = scene.peer();
    await peer.hears('220 ');
    for (let count = 0; count < 200; count++) peer.write(Buffer.alloc(65_536, 'A'));
    expect(await peer.ask('\r\n')).toBe('500 5.5.2 Error: command not recognized');
    expect(await peer.ask('NOOP\r\n')).toBe('250 2.0.0 Ok');
  });
});

describe('a deadline', () => {
  const timeout = '421 4.4.2 mail.example.test Error: timeout exceeded';
  const opening = `${hello}${envelope}DATA\r\n`;

  it.each([
    ['idle', { idle: 100 }, ''],
    ['idle', { idle: 100 }, opening],
    ['idle', { idle: 100 }, `${hello}${envelope}BDAT 10\r\nabc`],
    ['idle', { idle: 100 }, `${hello}AUTH LOGIN\r\n`],
    ['session', { session: 100 }, hello],
  ])('ends who is silent: %s, %j, after %j', async (limit, limits, says) => {
    const scene = await Scene.open({ limits });
    const peer = scene.peer();
    if (says !== '') peer.write(says);
    await peer.hears(timeout);
    await peer.isClosed();
    expect(peer.finals.filter((reply) => reply.startsWith('421'))).toHaveLength(1);
    expect(await scene.happens('session.closed')).toMatchObject([{ endedBy: 'timeout' }]);
    expect(scene.limits).toEqual([`relay.limits.${limit}`]);
    expect(scene.openDrafts).toBe(0);
  });

  it.each([
    ['command', { command: 300 }, '', 'N'],
    ['command', { command: 300 }, '', 'A'.repeat(5_000)],
    ['command', { command: 300 }, `${hello}AUTH LOGIN\r\n`, 'Y'],
    ['content', { content: 300 }, opening, 'x\r\n'],
    ['content', { content: 300 }, opening, '.'],
    ['content', { content: 300 }, `${hello}${envelope}BDAT 9999\r\n`, 'x'],
    ['session', { session: 300 }, opening, 'x\r\n'],
  ])('ends who goes on and on: %s, %j, after %j, with %#', async (limit, limits, says, again) => {
    const scene = await Scene.open({ limits });
    const peer = scene.peer();
    if (says !== '') peer.write(says);
    const drip = setInterval(() => peer.write(again), 20);
    await peer.hears(timeout).finally(() => clearInterval(drip));
    expect(scene.limits.filter((name) => name !== 'relay.limits.commandLine')).toEqual([`relay.limits.${limit}`]);
    expect(scene.openDrafts).toBe(0);
  });

  it.each(['starttls', 'implicit'] as const)(
    'ends a handshake that does not come to its end, without a word (%s)',
    async (tls) => {
      const scene = await Scene.open({ tls, limits: { handshake: 100 } });
      for (const [index, hello] of ['', '\x16\x03\x01', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'].entries()) {
        const peer = scene.peer();
        if (tls === 'starttls') {
          await peer.hears('220 ');
          await peer.ask('STARTTLS\r\n');
        }
        const { received } = peer;
        if (hello !== '') peer.write(hello);
        await peer.isClosed();
        expect(peer.received).toBe(received);
        await scene.happens('session.closed', index + 1);
      }
      expect(scene.limits).toEqual(Array(3).fill('relay.limits.handshake'));
    },
  );
});
