import { describe, expect, it } from 'vitest';
import { Scene } from '../support/hostile-scene.ts';
import { StrictPlayer } from '../support/hostile-session.ts';
import { cut, latin1 } from '../support/hostile-fuzz.ts';
import { bytesOf } from '../support/journals.ts';
import { newSession } from '../support/dialogue.ts';
import { onTheWire } from '../support/smtp-client.ts';
import { lmtpServer } from '../../src/lib/smtp/personas/lmtp.ts';
import { lmtp } from '../../src/lib/smtp/verbs.ts';

const lineEnds = { CR: '\r', LF: '\n', CRLF: '\r\n', LFCR: '\n\r', CRCR: '\r\r', LFLF: '\n\n', none: '' };
const dots = { '.': '.', '..': '..', '.NUL': '.\0', 'NUL.': '\0.', '. ': '. ', '.TAB': '.\t' };
const smuggled = 'MAIL FROM:<smuggler@example.org>\r\nRCPT TO:<victim@example.net>\r\nDATA\r\nsmuggled\r\n';

/** What stands before, on and behind the dot of a false end; without the one that is a true end. */
const endings: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(lineEnds).flatMap(([before, start]) =>
    Object.entries(dots).flatMap(([dot, middle]) =>
      Object.entries(lineEnds).map(([after, end]) => [`${before} ${dot} ${after}`, `${start}${middle}${end}`] as const),
    ),
  ),
);
const falseEndings = Object.entries(endings).filter(([, ending]) => !`one${ending}MAIL`.includes('\r\n.\r\n'));

/** What a sender's bytes are that follow DATA, by the letter of RFC 5321 4.5.2: the dot that begins a line is not its. */
const unstuffed = (wire: string) => wire.replace(/^\./, '').replaceAll('\r\n.', '\r\n');

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
const traitsOf = (text: string) => ({ bareCr: count(text, /\r(?!\n)/g), bareLf: count(text, /(?<!\r)\n/g) });

const languages = {
  SMTP: { settings: {}, hello: 'EHLO me\r\n' },
  LMTP: { settings: { persona: lmtpServer, dialect: lmtp }, hello: 'LHLO me\r\n' },
} as const;

describe.each(Object.entries(languages))('by %s', (_, { settings, hello }) => {
  const envelope = `${hello}MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n`;

  const play = (pieces: readonly string[]) => {
    const player = new StrictPlayer(newSession({}, settings));
    for (const piece of pieces) {
      player.receive(latin1(piece));
      if (player.owed === 'settlement') player.settle({ kept: true, queueId: 'Q' });
    }
    return player;
  };

  it.each(falseEndings)('no message ends at %s', (_name, ending) => {
    const wire = `one${ending}${smuggled}`;
    const content = unstuffed(wire);
    const expected = { from: 'a@b', to: ['c@d'], content, traits: traitsOf(content) };
    const script = `${wire}.\r\nNOOP\r\n`;
    const opening = `${envelope}DATA\r\n`;
    // In one segment, in two that meet at any byte near the false end, and byte by byte.
    const near = Array.from({ length: ending.length + 8 }, (_, index) => [index]);
    const each = Array.from({ length: script.length }, (_, index) => index);
    for (const places of [[], ...near, each]) {
      const { messages, finals } = play([opening, ...cut(script, places)]);
      expect(messages).toEqual([expected]);
      expect(finals.slice(-2).map((reply) => reply.slice(0, 3))).toEqual(['250', '250']);
      expect(finals).toHaveLength(7);
    }
  });

  it.each(Object.entries(endings))('all bytes of a chunk are content, also %s', (_name, ending) => {
    const content = `one${ending}${smuggled}.\r\n${ending}`;
    const script = `BDAT ${content.length} LAST\r\n${content}NOOP\r\n`;
    for (const places of [[], [script.length - 7], Array.from({ length: script.length }, (_, index) => index)]) {
      const { messages, finals } = play([envelope, ...cut(script, places)]);
      expect(messages).toEqual([{ from: 'a@b', to: ['c@d'], content, traits: traitsOf(content) }]);
      expect(finals).toHaveLength(6);
    }
  });

  it('no message ends where a chunk ends', () => {
    const { messages } = play([`${envelope}BDAT 5\r\none\r\nBDAT 3\r\n.\r\nBDAT 0 LAST\r\nNOOP\r\n`]);
    expect(messages.map(({ content }) => content)).toEqual(['one\r\n.\r\n']);
  });
});

describe.each(['smtp', 'lmtp'] as const)('on the wire of %s', (language) => {
  it('all of them are kept to the byte, wherever the segments meet', async () => {
    const scene = await Scene.open({ language, limits: { messages: 10_000, commands: 1e9 } });
    const peer = scene.peer();
    await peer.hears('220 ');
    await peer.ask(language === 'smtp' ? 'EHLO me\r\n' : 'LHLO me\r\n');
    const expected: string[] = [];
    for (const [, ending] of falseEndings.filter(([name]) => /^\w+ \.+ \w+$/.test(name))) {
      const wire = `one${ending}${smuggled}`;
      expected.push(unstuffed(wire));
      const at = 3 + Math.floor(ending.length / 2);
      expect(await peer.ask('MAIL FROM:<a@b>\r\n')).toMatch(/^250 /);
      expect(await peer.ask('RCPT TO:<c@d>\r\n')).toMatch(/^250 /);
      expect(await peer.ask('DATA\r\n')).toMatch(/^354 /);
      peer.write(wire.slice(0, at));
      // The next turn of the loop, so that it is another segment.
      await new Promise((resolve) => setImmediate(resolve));
      expect(await peer.ask(`${wire.slice(at)}.\r\n`)).toMatch(/^250 2\.0\.0 Ok: queued/);
    }
    const captures = await scene.captures();
    expect(captures.map((capture) => bytesOf(capture).toString('latin1'))).toEqual(expected);
    for (const [index, { facts }] of captures.entries()) {
      const traits = traitsOf(expected[index]!);
      expect(facts.evidence?.traits ?? { bareCr: 0, bareLf: 0 }).toEqual(traits);
      expect(facts.envelope).toEqual({ from: 'a@b', to: ['c@d'] });
    }
  });

  it('two dots stay one dot when the segment ends between them and their line end', async () => {
    const scene = await Scene.open({ language });
    const content = latin1('one\r\n.\r\ntwo\r\n..\r\n.three\r\n');
    const wire = onTheWire(content);
    const opening = `${language === 'smtp' ? 'EHLO' : 'LHLO'} me\r\n`;
    const peer = scene.peer();
    await peer.hears('220 ');
    await peer.ask(opening);
    for (let at = 1; at < wire.length; at++) {
      for (const line of ['MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'DATA']) await peer.ask(`${line}\r\n`);
      peer.write(wire.subarray(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      expect(await peer.ask(wire.subarray(at))).toMatch(/^250 /);
    }
    const captures = await scene.captures();
    expect(captures).toHaveLength(wire.length - 1);
    for (const capture of captures) expect(bytesOf(capture)).toEqual(content);
  });
});
