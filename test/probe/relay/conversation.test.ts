import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversation, type Step, type Transaction } from '../../../src/lib/probe/relay/conversation.ts';
import { readMailAddress, readSender, type MailAddress } from '../../../src/lib/probe/relay/mail-address.ts';

function address(given: string, read = readMailAddress): MailAddress {
  const reading = read(given);
  if (reading.is === 'refused') throw new Error(reading.why);
  return reading.address;
}

function transaction(parts: Partial<Transaction> = {}): Transaction {
  return {
    heloName: 'trap.example.org',
    sender: address('sender@example.test'),
    recipients: [address('one@example.net')],
    size: 100,
    isEightBit: false,
    startTls: 'whenOffered',
    ...parts,
  };
}

const ehlo = (...keywords: readonly string[]) =>
  ['mx.example.net', ...keywords].map((line, at, all) => `250${at < all.length - 1 ? '-' : ' '}${line}\r\n`).join('');

/** Answers each step with the next reply, as a server does that waits for it; cut into pieces of some size. */
function play(asked: Transaction, replies: readonly string[], pieces = Number.POSITIVE_INFINITY) {
  const conversation = new Conversation(asked);
  const said: string[] = [];
  const take = (steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.is === 'say') said.push(step.line);
      else said.push(`(${step.is})`);
      if (step.is === 'startTls') take(conversation.secured());
      if (step.is === 'sendContent') conversation.dotLeaves();
    }
  };
  conversation.connected();
  for (const reply of replies) {
    const bytes = Buffer.from(reply, 'latin1');
    for (let at = 0; at < bytes.length; at += pieces) take(conversation.receive(bytes.subarray(at, at + pieces)));
  }
  const { verdict, answers, farewell, tlsRefusal, phase } = conversation;
  return { said, verdict, answers, farewell, tlsRefusal, phase };
}

const simple = [
  '220 hi\r\n',
  ehlo(),
  '250 ok\r\n',
  '250 ok\r\n',
  '354 go\r\n',
  '250 queued as AB12\r\n',
  '221 bye\r\n',
];

describe('a conversation', () => {
  it('says what is needed and no more', () => {
    const { said, verdict, farewell, phase } = play(transaction(), simple);
    expect(said).toEqual([
      'EHLO trap.example.org',
      'MAIL FROM:<sender@example.test>',
      'RCPT TO:<one@example.net>',
      'DATA',
      '(sendContent)',
      'QUIT',
      '(hangUp)',
    ]);
    expect(verdict).toEqual({ is: 'relayed', reply: { code: 250, text: 'queued as AB12' } });
    expect([farewell, phase]).toEqual([{ code: 221, text: 'bye' }, 'over']);
  });

  it('begins TLS where it is offered, and introduces itself again', () => {
    const { said } = play(transaction(), [
      '220 hi\r\n',
      ehlo('STARTTLS', 'SIZE 1'),
      '220 go\r\n',
      ehlo('8BITMIME'),
      '250 ok\r\n',
    ]);
    expect(said).toEqual([
      'EHLO trap.example.org',
      'STARTTLS',
      '(startTls)',
      'EHLO trap.example.org',
      'MAIL FROM:<sender@example.test>',
      'RCPT TO:<one@example.net>',
    ]);
  });

  it('goes on in the clear where TLS is refused, and does not ask for it where it is not wanted', () => {
    const refused = play(transaction(), ['220 hi\r\n', ehlo('STARTTLS'), '454 not now\r\n']);
    expect(refused.said.slice(1)).toEqual(['STARTTLS', 'MAIL FROM:<sender@example.test>']);
    expect(refused.tlsRefusal).toEqual({ code: 454, text: 'not now' });
    const never = play(transaction({ startTls: 'never' }), ['220 hi\r\n', ehlo('STARTTLS')]);
    expect(never.said).toEqual(['EHLO trap.example.org', 'MAIL FROM:<sender@example.test>']);
  });

  it('says HELO to a server that does not know EHLO, and then uses no extension', () => {
    const { said } = play(transaction(), ['220 hi\r\n', '502 what?\r\n', '250-mx\r\n250-STARTTLS\r\n250 SIZE 1\r\n']);
    expect(said).toEqual(['EHLO trap.example.org', 'HELO trap.example.org', 'MAIL FROM:<sender@example.test>']);
  });

  it('declares what the message needs and the server offers', () => {
    const utf8 = transaction({ recipients: [address('jürgen@example.net')], isEightBit: true });
    const offered = ehlo('SIZE 1000', '8BITMIME', 'SMTPUTF8');
    expect(play(utf8, ['220 hi\r\n', offered, '250 ok\r\n']).said.slice(1)).toEqual([
      'MAIL FROM:<sender@example.test> SIZE=100 BODY=8BITMIME SMTPUTF8',
      'RCPT TO:<jürgen@example.net>',
    ]);
    expect(play(transaction({ sender: address('', readSender) }), ['220 hi\r\n', offered]).said[1]).toBe(
      'MAIL FROM:<> SIZE=100',
    );
  });

  it.each<[string, Partial<Transaction>, string, RegExp]>([
    ['8BITMIME', { isEightBit: true }, ehlo('SMTPUTF8'), /8BITMIME/],
    ['SMTPUTF8', { recipients: [address('jürgen@example.net')] }, ehlo('8BITMIME'), /SMTPUTF8/],
    ['SMTPUTF8 for the sender', { sender: address('jürgen@example.net') }, ehlo('8BITMIME'), /SMTPUTF8/],
    ['the size', { size: 1001 }, ehlo('SIZE 1000'), /1000 bytes at most, and the message has 1001/],
  ])('takes leave of a server that lacks %s', (_, parts, offered, why) => {
    const { said, verdict } = play(transaction(parts), ['220 hi\r\n', offered, '221 bye\r\n']);
    expect(said.slice(1)).toEqual(['QUIT', '(hangUp)']);
    expect(verdict).toMatchObject({ is: 'unfit', why: expect.stringMatching(why) as string });
  });

  it('does not believe in the second introduction what was offered in the first', () => {
    const { verdict } = play(transaction({ isEightBit: true }), [
      '220 hi\r\n',
      ehlo('STARTTLS', '8BITMIME'),
      '220 go\r\n',
      ehlo('STARTTLS'),
    ]);
    expect(verdict).toMatchObject({ is: 'unfit' });
  });

  it('forgets what stood behind the answer to STARTTLS', () => {
    const conversation = new Conversation(transaction());
    conversation.connected();
    conversation.receive(Buffer.from('220 hi\r\n'));
    conversation.receive(Buffer.from(ehlo('STARTTLS')));
    const steps = conversation.receive(Buffer.from('220 go\r\n250-evil\r\n250 SIZE 1\r\n250 o'));
    expect(steps).toEqual([{ is: 'startTls' }]);
    expect(conversation.receive(Buffer.from('250 more\r\n'))).toEqual([]);
    conversation.secured();
    expect(conversation.receive(Buffer.from(ehlo()))).toEqual([{ is: 'say', line: 'MAIL FROM:<sender@example.test>' }]);
  });

  it('goes on with the recipients that were taken', () => {
    const three = transaction({ recipients: ['a', 'b', 'c'].map((name) => address(`${name}@example.net`)) });
    const { said, answers } = play(three, [...simple.slice(0, 3), '550 no\r\n', '250 ok\r\n', '450 later\r\n']);
    expect(said.slice(-4)).toEqual([
      'RCPT TO:<a@example.net>',
      'RCPT TO:<b@example.net>',
      'RCPT TO:<c@example.net>',
      'DATA',
    ]);
    expect(answers.map(({ code }) => code)).toEqual([550, 250, 450]);
  });

  it.each([
    [['550 no\r\n', '551 no\r\n'], 'refused'],
    [['550 no\r\n', '450 later\r\n'], 'postponed'],
    [['450 later\r\n', '550 no\r\n'], 'postponed'],
  ])('without any recipient that was taken ends: %j', (replies, is) => {
    const two = transaction({ recipients: ['a', 'b'].map((name) => address(`${name}@example.net`)) });
    const { said, verdict } = play(two, [...simple.slice(0, 3), ...replies]);
    expect(said.at(-1)).toBe('QUIT');
    expect(verdict).toMatchObject({ is });
  });
});

const steps = ['the greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'the dot'];

describe('a no', () => {
  it.each(steps.map((step, at) => [step, at] as const))('to %s for good is for good', (_, at) => {
    const replies = at === 1 ? ['220 hi\r\n', '550 no\r\n', '550 no\r\n'] : [...simple.slice(0, at), '550 no\r\n'];
    const { verdict, said } = play(transaction(), replies);
    expect(verdict).toEqual({ is: 'refused', reply: { code: 550, text: 'no' } });
    expect(said.at(-1)).toBe('QUIT');
  });

  it.each(steps.map((step, at) => [step, at] as const))('to %s for now is for now, but not after the dot', (_, at) => {
    const { verdict, said } = play(transaction(), [...simple.slice(0, at), '450 later\r\n']);
    expect(verdict).toEqual({ is: at === 5 ? 'refused' : 'postponed', reply: { code: 450, text: 'later' } });
    expect(said.at(-1)).toBe('QUIT');
  });

  it.each(steps.map((step, at) => [step, at] as const))('to %s with 421 ends it at once', (_, at) => {
    const { verdict, said } = play(transaction(), [...simple.slice(0, at), '421 closing\r\n']);
    expect(verdict).toMatchObject({ is: at === 5 ? 'refused' : 'postponed' });
    expect(said.at(-1)).toBe('(hangUp)');
    expect(said).not.toContain('QUIT');
  });

  it.each(steps.map((step, at) => [step, at] as const))('to %s that is no answer is a fault', (_, at) => {
    for (const reply of ['354 go\r\n', '350 go\r\n', '250 ok\r\n', 'nonsense\r\n', 'x'.repeat(5_000)]) {
      if (reply.startsWith('250') && at !== 4) continue;
      if (reply.startsWith('354') && at === 4) continue;
      const { verdict, said } = play(transaction(), [...simple.slice(0, at), reply]);
      expect(verdict, reply).toMatchObject({ is: at === 5 ? 'uncertain' : 'lost' });
      expect(said.at(-1)).toBe('(hangUp)');
    }
  });

  it('in the middle of the message is heard, and nothing is said into the message', () => {
    for (const [reply, is] of [
      ['552 too much\r\n', 'refused'],
      ['451 disk full\r\n', 'postponed'],
      ['250 queued\r\n', 'lost'],
    ] as const) {
      const conversation = new Conversation(transaction());
      conversation.connected();
      for (const each of simple.slice(0, 4)) conversation.receive(Buffer.from(each));
      expect(conversation.receive(Buffer.from(`354 go\r\n${reply}`))).toEqual([
        { is: 'sendContent' },
        { is: 'hangUp' },
      ]);
      expect(conversation.verdict).toMatchObject({ is });
      expect(conversation.phase).toBe('over');
    }
  });
});

describe('a lost connection', () => {
  it.each(steps.map((step, at) => [step, at] as const))('instead of an answer to %s', (_, at) => {
    const conversation = new Conversation(transaction());
    conversation.connected();
    for (const reply of simple.slice(0, at)) {
      for (const step of conversation.receive(Buffer.from(reply)))
        if (step.is === 'sendContent') conversation.dotLeaves();
    }
    conversation.lost('gone');
    expect(conversation.verdict).toEqual({ is: at === 5 ? 'uncertain' : 'lost', why: 'gone' });
  });

  it('changes nothing that was decided', () => {
    const conversation = new Conversation(transaction());
    conversation.connected();
    for (const reply of simple.slice(0, 6)) {
      for (const step of conversation.receive(Buffer.from(reply)))
        if (step.is === 'sendContent') conversation.dotLeaves();
    }
    conversation.lost('gone');
    expect(conversation.verdict).toMatchObject({ is: 'relayed' });
  });
});

const anyReply = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('220 a\r\n', ehlo(), ehlo('STARTTLS', 'SIZE 9999'), '250 ok\r\n', '354 go\r\n'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('421 x\r\n', '450 x\r\n', '550-x\r\n550 y\r\n', '221 x\r\n', '\xff\r\n', '250-a\r\n'),
  },
);

describe('whatever a server says', () => {
  it('it is the same in single bytes, in any pieces and as a whole', () => {
    fc.assert(
      fc.property(fc.array(anyReply, { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (replies, pieces) => {
        // What comes behind an unfinished reply is part of it.
        const whole = play(transaction(), replies);
        expect(play(transaction(), replies, pieces)).toEqual(whole);
        expect(play(transaction(), replies, 1)).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  it('the message is sent once at most, QUIT is the last word, and nothing is offered elsewhere after the dot', () => {
    fc.assert(
      fc.property(fc.array(anyReply, { maxLength: 20 }), (replies) => {
        const { said, verdict } = play(transaction(), [...simple.slice(0, 3), ...replies]);
        const content = said.filter((each) => each === '(sendContent)').length;
        expect(content).toBeLessThanOrEqual(1);
        if (said.includes('QUIT')) expect(['QUIT', '(hangUp)']).toContain(said.at(-1));
        if (content === 1 && verdict) expect(['relayed', 'refused', 'uncertain']).toContain(verdict.is);
      }),
      { numRuns: 2_000 },
    );
  });
});
