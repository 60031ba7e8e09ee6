import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import type { Effect } from '../../src/lib/smtp/effect.ts';
import { newSession, Player } from '../support/dialogue.ts';

const hello = 'EHLO me\r\n';
const envelope = 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n';

function textOf(effects: readonly Effect[]): string {
  return effects.map((effect) => (effect.do === 'reply' ? effect.text : '')).join('');
}

function inSession(limits = {}): Player {
  const player = new Player(newSession(limits));
  player.greet();
  player.send(hello);
  return player;
}

describe('a session', () => {
  it('takes a whole pipelined dialogue in one segment, and two messages in a row', () => {
    const player = inSession();
    const replies = player.send(
      `${envelope}RCPT TO:<e@f>\r\nDATA\r\none\r\n.\r\n${envelope}DATA\r\n..two\r\n.\r\nQUIT\r\n`,
    );
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual('250 250 250 354 250 250 250 354 250 221'.split(' '));
    expect(player.messages).toEqual([
      { from: 'a@b', to: ['c@d', 'e@f'], content: 'one\r\n' },
      { from: 'a@b', to: ['c@d'], content: '.two\r\n' },
    ]);
  });

  it('does the same however its input is cut', () => {
    const script = `${envelope}DATA\r\na\r\n.\r\n${envelope}DATA\r\n.\r\nNOOP\r\nQUIT\r\n`;
    const whole = inSession();
    const expected = whole.send(script);
    fc.assert(
      fc.property(fc.array(fc.nat(script.length), { maxLength: 20 }), (places) => {
        const player = inSession();
        const at = [0, ...[...places].sort((a, b) => a - b), script.length];
        const replies = at.slice(1).flatMap((end, index) => player.send(script.slice(at[index], end)));
        expect(replies).toEqual(expected);
        expect(player.messages).toEqual(whole.messages);
      }),
    );
  });

  it('never throws and never goes back on a close, whatever comes', () => {
    const pieces = fc.constantFrom(
      'EHLO x\r\n',
      'MAIL FROM:<a@b>',
      ' SIZE=9',
      '\r\n',
      'RCPT TO:<"x y"@d>\r\n',
      'DATA\r\n',
      '.\r\n',
      '\n',
      '\r',
      'RSET\r\n',
      'QUIT\r\n',
      'GET / HTTP/1.0\r\n',
      '\0',
      '\xff\xfb',
      '<',
      '"',
      '\\',
      'A'.repeat(9_000),
      'BDAT 3\r\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 40 })), { maxLength: 40 }), (texts) => {
        const player = new Player(newSession({ messageSize: 5_000 }));
        player.greet();
        for (const text of texts) {
          const wasClosed = player.closed;
          const replies = player.send(text);
          if (wasClosed) expect(replies).toEqual([]);
          for (const reply of replies) expect(reply).toMatch(/^[2-5]\d\d[ -][^\r\n]*$/s);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('says no more at once than somebody may fetch, and the rest later', () => {
    const session = newSession();
    session.greet();
    const count = 5_000;
    let said = textOf(session.receive(Buffer.from('EHLO x\r\n'.repeat(count))));
    let turns = 1;
    for (; session.hasMoreToSay; turns++) {
      expect(session.pendingInput).toBeGreaterThan(0);
      const more = textOf(session.proceed());
      expect(more.length).toBeLessThan(66_000);
      said += more;
    }
    expect(turns).toBeGreaterThan(10);
    expect(said.match(/^250 /gm)).toHaveLength(count);
  });

  it('begins nothing more when the peer is gone before its message is settled', () => {
    const session = newSession();
    session.receive(Buffer.from(`${hello}${envelope}DATA\r\nx\r\n.\r\n${envelope}DATA\r\nhalf`));
    session.leave();
    expect(session.settle({ kept: true, queueId: 'Q' })).toEqual([]);
  });

  it('takes no command while a message is not settled', () => {
    const session = newSession();
    session.greet();
    const effects = session.receive(Buffer.from(`${hello}${envelope}DATA\r\nx\r\n.\r\nNOOP\r\n`));
    expect(effects.at(-1)?.do).toBe('finish');
    expect(session.receive(Buffer.from('NOOP\r\n'))).toEqual([]);
    expect(session.pendingInput).toBe(12);
    expect(session.settle({ kept: true, queueId: 'Q' })).toEqual([
      { do: 'reply', text: '250 2.0.0 Ok: queued as Q\r\n250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n' },
    ]);
  });

  it.each([
    ['full', '452 4.3.1 Insufficient system storage'],
    ['failed', '451 4.3.0 Error: queue file write error'],
  ] as const)('refuses for now what the journal did not keep because it is %s', (why, reply) => {
    const session = newSession();
    session.receive(Buffer.from(`${hello}${envelope}DATA\r\nx\r\n.\r\n`));
    expect(session.settle({ kept: false, why })).toEqual([{ do: 'reply', text: `${reply}\r\n` }]);
  });

  it('keeps nothing of what a peer sends after the end', () => {
    const session = newSession();
    session.receive(Buffer.from('QUIT\r\n'));
    for (let index = 0; index < 100; index++) session.receive(Buffer.alloc(10_000, 'x'));
    expect(session.pendingInput).toBe(0);
  });

  it('begins anew with EHLO inside a transaction', () => {
    const player = inSession();
    player.send(envelope);
    player.send(hello);
    expect(player.send('DATA\r\n')).toEqual(['503 5.5.1 Error: need RCPT command']);
  });
});

describe('limits', () => {
  it('refuses a message that is too long at its end, and keeps nothing of it', () => {
    const player = inSession({ messageSize: 1_000 });
    const body = `${'x'.repeat(70)}\r\n`.repeat(20);
    expect(player.send(`${envelope}DATA\r\n${body}.\r\n`).at(-1)).toBe('552 5.3.4 Error: message file too big');
    expect(player.messages).toEqual([]);
    expect(player.send(`${envelope}DATA\r\nshort\r\n.\r\n`).at(-1)).toMatch(/^250 2.0.0 Ok: queued/);
  });

  it('keeps no more than one command line of a peer that sends no newline', () => {
    const player = inSession({ commandLine: 512 });
    for (let index = 0; index < 100; index++) player.send('A'.repeat(1_000));
    expect(player.send('\r\nNOOP\r\n')).toEqual(['500 5.5.2 Error: command not recognized', '250 2.0.0 Ok']);
  });

  it('does not take the rest of an over-long command line for a command', () => {
    const player = inSession({ commandLine: 512 });
    const replies = player.send(`NOOP ${'x'.repeat(600)}\nNOOP\r\n`);
    expect(replies).toEqual(['250 2.0.0 Ok', '250 2.0.0 Ok']);
    const strict = new Player(newSession({}, { persona: exim }));
    strict.greet();
    expect(strict.send(`NOOP ${'x'.repeat(17_000)}\nNOOP\r\n`)).toEqual(['500 unrecognized command', '250 OK']);
  });

  it('answers 452 to each recipient too many, and takes the message for the others', () => {
    const player = inSession({ recipients: 2 });
    expect(player.send(`${envelope}RCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n.\r\n`).slice(2, 4)).toEqual([
      '250 2.1.5 Ok',
      '452 4.5.3 Error: too many recipients',
    ]);
    expect(player.messages[0]?.to).toEqual(['c@d', 'e@f']);
  });

  it('ends the session after too many errors', () => {
    const player = inSession({ errors: 2 });
    expect(player.send('X\r\nX\r\nX\r\nNOOP\r\n')).toEqual([
      ...Array<string>(2).fill('500 5.5.2 Error: command not recognized'),
      '421 4.7.0 mail.example.test Error: too many errors',
    ]);
    expect(player.closed).toBe(true);
  });

  it('refuses further messages when a session has sent its share', () => {
    const player = inSession({ messages: 1 });
    player.send(`${envelope}DATA\r\n.\r\n`);
    expect(player.send('MAIL FROM:<a@b>\r\n')).toEqual(['450 4.7.1 Error: too much mail from 192.0.2.1']);
  });
});
