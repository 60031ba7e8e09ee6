import { describe, expect, it } from 'vitest';
import { acceptAll, acceptListed, acceptNone, type AuthPolicy } from '../../src/lib/smtp/auth-policy.ts';
import { peerBytes } from '../../src/lib/text/peer-text.ts';
import { newSession } from '../support/dialogue.ts';
import { latin1 } from '../support/hostile-fuzz.ts';
import { Scene } from '../support/hostile-scene.ts';
import { StrictPlayer } from '../support/hostile-session.ts';

const loginOf = (accepts: AuthPolicy) => ({ offer: 'always', accepts, newChallenge: () => '<1.2@host>' }) as const;
const base64 = (text: string) => latin1(text).toString('base64');

function play(
  text: string,
  accepts: AuthPolicy = acceptNone,
  limits: Parameters<typeof newSession>[0] = {},
): StrictPlayer {
  const player = new StrictPlayer(newSession(limits, { login: loginOf(accepts) }));
  player.receive(latin1(`EHLO me\r\n${text}`));
  return player;
}

describe('somebody who guesses', () => {
  const guesses = (count: number) =>
    Array.from({ length: count }, (_, index) => `AUTH PLAIN ${base64(`\0user${index}\0guess`)}\r\n`).join('');

  it('is cut off like everybody who makes errors', () => {
    const player = play(guesses(5_000));
    expect(player.finals.at(-1)).toMatch(/^421 4\.7\.0 /);
    expect(player.session.credentials).toHaveLength(20);
  });

  it('fills no memory where errors are no limit', () => {
    const player = play(guesses(20_000), acceptNone, { errors: 1e9 });
    expect(player.session.credentials).toHaveLength(100);
    expect(player.session.credentials[99]).toMatchObject({ user: 'user99' });
    expect(player.isClosed).toBe(false);
  });

  it('fills no memory with half logins', () => {
    const player = play('AUTH LOGIN\r\nYQ==\r\n*\r\n'.repeat(10_000), acceptNone, { errors: 1e9 });
    expect(player.session.credentials).toEqual([]);
    expect(player.isClosed).toBe(false);
  });

  it('fills no memory with answers that are none', () => {
    const player = play(`AUTH LOGIN\r\n${'!'.repeat(8_000)}\r\n`.repeat(1_000), acceptNone, { errors: 1e9 });
    expect(player.session.credentials).toHaveLength(100);
  });

  it('brings no end to a login of prompts', () => {
    const player = play('AUTH LOGIN\r\n'.repeat(5_000));
    expect(player.finals.at(-1)).toMatch(/^421 /);
  });

  it('does not get in with what is in no object of ours', () => {
    const known = acceptListed(new Map([['a', 'b']]));
    for (const user of ['__proto__', 'constructor', 'toString', '', 'A', 'a\0', 'a ']) {
      expect(play(`AUTH PLAIN ${base64(`\0${user}\0b`)}\r\n`, known).finals.at(-1)).toMatch(/^535 /);
    }
    expect(play(`AUTH PLAIN ${base64('\0a\0b')}\r\n`, known).finals.at(-1)).toMatch(/^235 /);
  });
});

describe('AUTH', () => {
  it.each([
    ['in a transaction', 'MAIL FROM:<a@b>\r\nAUTH PLAIN AGEAYg==\r\n', '503 5.5.1 Error: MAIL transaction in progress'],
    [
      'between chunks',
      'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 1\r\nxAUTH PLAIN AGEAYg==\r\n',
      '503 5.5.1 Error: MAIL transaction in progress',
    ],
    ['twice', 'AUTH PLAIN AGEAYg==\r\nAUTH PLAIN AGEAYg==\r\n', '503 5.5.1 Error: already authenticated'],
    ['with nothing', 'AUTH\r\n', '501 5.5.4 Syntax: AUTH mechanism'],
    ['with too much', 'AUTH PLAIN a b\r\n', '501 5.5.4 Syntax: AUTH mechanism'],
    [
      'with a mechanism that nobody offers',
      'AUTH __proto__\r\n',
      '535 5.7.8 Error: authentication failed: Invalid authentication mechanism',
    ],
    ['taken back', 'AUTH LOGIN\r\n*\r\n', '501 5.7.0 Authentication aborted'],
    ['taken back after half of it', 'AUTH LOGIN\r\nYQ==\r\n*\r\n', '501 5.7.0 Authentication aborted'],
  ])('%s is refused', (_, text, reply) => {
    const player = play(text, acceptAll);
    expect(player.finals.at(-1)).toBe(reply);
    player.receive(latin1('NOOP\r\n'));
    expect(player.finals.at(-1)).toBe('250 2.0.0 Ok');
  });

  it('takes no command for an answer, and no answer for a command', () => {
    const player = play('AUTH LOGIN\r\nQUIT\r\nQUIT\r\n');
    // QUIT is good base64 of three bytes.
    expect(player.finals.slice(-2)).toEqual([
      '334 UGFzc3dvcmQ6',
      '535 5.7.8 Error: authentication failed: (reason unavailable)',
    ]);
    expect(player.isClosed).toBe(false);
  });

  it('keeps credentials to the byte, whatever bytes they are', () => {
    const every = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join('');
    const player = play(`AUTH PLAIN ${base64(`\0${every}\0\xff\xfe\xc3\x28`)}\r\n`, acceptAll);
    const [tried] = player.session.credentials;
    expect(peerBytes(tried!.user!)).toEqual(latin1(every));
    expect(peerBytes(tried!.password!)).toEqual(latin1('\xff\xfe\xc3\x28'));
  });

  it.each(['A', 'AA', 'AAA', 'A===', '====', '!!!!', 'AA=A', 'AAAA=', '\xff\xff\xff\xff', 'AAAA AAAA', ' AAAA'])(
    'takes for no base64 what is none: %j',
    (answer) => {
      const player = play(`AUTH PLAIN\r\n${answer}\r\n`);
      expect(player.finals.at(-1)).toMatch(/^535 /);
      expect(player.session.credentials[0]).toHaveProperty('raw');
    },
  );
});

describe('an answer in a login that is longer than a line may be', () => {
  const endless = 'QUFB'.repeat(5_000);

  it.each(['AUTH LOGIN', 'AUTH PLAIN', 'AUTH CRAM-MD5'])('ends the login with its 500: %s', (command) => {
    const player = play(`${command}\r\n${endless}\r\nNOOP\r\n`);
    expect(player.finals.at(-2)).toMatch(/^500 /);
    expect(player.finals.at(-1)).toBe('250 2.0.0 Ok');
  });
});

describe('what was tried', () => {
  it('is in the evidence of the session and in the events, within bounds', async () => {
    const scene = await Scene.open({ limits: { errors: 1e9 }, settings: { login: loginOf(acceptNone) } });
    // The persona is slow to say that a login failed.
    const peer = scene.peer().write(`EHLO me\r\n${`AUTH PLAIN ${base64('\0\x1b[31m\0\x9b')}\r\n`.repeat(2)}QUIT\r\n`);
    await peer.hears('221 ');
    const tried = await scene.happens('login.tried', 2);
    expect(tried[0]).toMatchObject({ user: '\x1b[31m', password: '\udc9b', accepted: false });
    const [session] = await scene.sessions();
    expect(session?.credentials).toHaveLength(2);
    expect(session?.scan).toBe('login');
  });
});
