import { describe, expect, it } from 'vitest';
import { describe as inWords } from '../../src/lib/events/describe.ts';
import { humanLine, jsonLine } from '../../src/lib/events/lines.ts';
import { acceptNone } from '../../src/lib/smtp/auth-policy.ts';
import { Scene } from '../support/hostile-scene.ts';
import { checkReplies } from '../support/hostile-session.ts';

const goodbye = '221 2.7.0 Error: I can break rules, too. Goodbye.';
const notRecognized = '500 5.5.2 Error: command not recognized';

/** What others say who take port 25 for something else. */
const foreigners: Readonly<Record<string, { readonly says: string; readonly hears?: string }>> = {
  'HTTP GET': { says: 'GET / HTTP/1.1\r\nHost: example.org\r\n\r\n', hears: goodbye },
  'HTTP POST with a message inside': {
    says: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nEHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n',
    hears: goodbye,
  },
  'HTTP CONNECT': { says: 'CONNECT mail.example.org:25 HTTP/1.0\r\n\r\n', hears: goodbye },
  'HTTP OPTIONS': { says: 'OPTIONS / HTTP/1.0\r\n\r\n', hears: notRecognized },
  'a header': { says: 'Subject: hello\r\n', hears: goodbye },
  SIP: { says: 'OPTIONS sip:nm SIP/2.0\r\nVia: SIP/2.0/TCP nm\r\n\r\n' },
  telnet: { says: '\xff\xfb\x1f\xff\xfb\x20\xff\xfd\x01\r\nQUIT\r\n' },
  SSH: { says: 'SSH-2.0-OpenSSH_9.2\r\n', hears: notRecognized },
  'a hello of TLS': { says: `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'\x8a'.repeat(507)}` },
  RDP: { says: '\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00' },
  SMB: { says: '\x00\x00\x00\x45\xffSMBr\x00\x00\x00\x00\x18\x01\x28' },
  'a lot of NUL': { says: '\0'.repeat(100_000) },
  'NUL in a command': { says: 'NO\0OP\r\n', hears: notRecognized },
  '8-bit commands': { says: '\xe9HLO \xff\r\n', hears: '500 5.5.2 Error: bad UTF-8 syntax' },
  'escape sequences': { says: '\x1b]0;owned\x07\x1b[2J\x9b31m\r\n' },
  'IRC, which would like an answer': { says: 'NICK a\r\nUSER a 8 * :a\r\n' },
  'redis and its echo': { says: '*1\r\n$4\r\nPING\r\n' },
};

describe('somebody who speaks another language', () => {
  it.each(Object.entries(foreigners))(
    '%s hears nothing but SMTP, and others are served',
    async (_, { says, hears }) => {
      const scene = await Scene.open();
      const peer = scene.peer();
      await peer.hears('220 ');
      peer.write(says);
      if (hears !== undefined) await peer.hears(hears);
      if (hears === goodbye) await peer.isClosed();
      peer.socket.end();
      await scene.happens('session.closed');
      if (peer.received.endsWith('\n')) checkReplies(peer.received);
      const other = scene.peer();
      await other.hears('220 ');
      expect(await other.ask('NOOP\r\n')).toBe('250 2.0.0 Ok');
      expect(scene.told('session.failed')).toEqual([]);
      const [session, ...more] = await scene.sessions();
      expect(more).toHaveLength(1);
      expect(session?.bytesIn).toBe(says.length);
      expect(await scene.captures()).toEqual([]);
    },
  );

  // Without a line end there is no command, and yet it was not silent.
  it.each(['a hello of TLS', 'RDP', 'SMB', 'a lot of NUL'])('%s is not called silent', async (name) => {
    const scene = await Scene.open();
    const peer = scene.peer();
    await peer.hears('220 ');
    peer.write(foreigners[name]!.says);
    peer.socket.end();
    const [closed] = await scene.happens('session.closed');
    expect(closed?.scan).not.toBe('silent');
  });

  it('who says nothing at all is called silent', async () => {
    const scene = await Scene.open();
    const peer = scene.peer();
    await peer.hears('220 ');
    peer.socket.end();
    expect(await scene.happens('session.closed')).toMatchObject([{ scan: 'silent' }]);
  });

  it('is cut off when there are many empty lines', async () => {
    const scene = await Scene.open({ limits: { errors: 5 } });
    const peer = scene.peer().write('\r\n'.repeat(100_000));
    await peer.hears('421 ');
    await peer.isClosed();
    expect(peer.finals).toHaveLength(1 + 5 + 1);
  });
});

describe('a terminal', () => {
  // C0 but the line end, DEL, C1, and what turns the direction of text.
  const active = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
  const ascii = '\x1b]0;owned\x07\x1b[2J\x7f\x08';
  const nasty = '\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\x08\xc2\x9b2J';

  it('never gets anything that it would act on', async () => {
    const login = { offer: 'always', accepts: acceptNone, newChallenge: () => '<1@a>' } as const;
    const scene = await Scene.open({ settings: { login } });
    const credentials = Buffer.from(`\0${nasty}\0${nasty}`, 'latin1').toString('base64');
    const peer = scene.peer();
    await peer.hears('220 ');
    peer.write(`EHLO ${nasty}\r\nEHLO ${ascii}\r\nAUTH PLAIN ${credentials}\r\nAUTH PLAIN ${ascii}\r\n`);
    peer.write(Buffer.from('EHLO \u202egro.elpmaxe\u202c\u2028\u009b2Jx\r\n'));
    peer.write(`MAIL FROM:<"${ascii}"@b>\r\nRCPT TO:<"${ascii}"@d>\r\nDATA\r\n${nasty}\r\n.\r\nQUIT\r\n`);
    await peer.hears('221 ');
    await scene.happens('session.closed');
    expect(scene.told('capture.accepted')).toHaveLength(1);
    expect(scene.told('login.tried')).toHaveLength(2);
    for (const event of scene.events) {
      expect(inWords(event)).not.toMatch(active);
      const line = humanLine()({ time: '2026-11-20T10:00:00.000Z', ...event });
      // Colour is ours; it stands around the words.
      expect(line.replaceAll(/\x1b\[\d+m/g, '').slice(0, -1)).not.toMatch(active);
      expect(jsonLine({ time: '2026-11-20T10:00:00.000Z', ...event }).slice(0, -1)).not.toMatch(active);
    }
  });
});
