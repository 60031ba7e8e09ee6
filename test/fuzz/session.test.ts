import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptAfter, acceptAll, acceptListed, acceptNone } from '../../src/lib/smtp/auth-policy.ts';
import type { Settlement } from '../../src/lib/smtp/effect.ts';
import type { SmtpLimits } from '../../src/lib/smtp/limits.ts';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { lmtpServer } from '../../src/lib/smtp/personas/lmtp.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import type { TlsState } from '../../src/lib/smtp/dialogue.ts';
import type { SessionSettings } from '../../src/lib/smtp/session.ts';
import { lmtp, smtp } from '../../src/lib/smtp/verbs.ts';
import { peerBytes } from '../../src/lib/text/peer-text.ts';
import { newSession } from '../support/dialogue.ts';
import { cut, latin1, places, runs, seedsOf } from '../support/hostile-fuzz.ts';
import { StrictPlayer } from '../support/hostile-session.ts';
import { script } from './fragments.ts';

const newChallenge = () => '<1.2@mail.example.test>';

const languages = {
  smtp: { persona: postfix, dialect: smtp },
  // Whether it is a client's turn depends on segments, and has tests of its own.
  exim: { persona: { ...exim, manners: { ...exim.manners, inTurn: [] } }, dialect: smtp },
  lmtp: { persona: lmtpServer, dialect: lmtp },
};
const policies = {
  all: acceptAll,
  none: acceptNone,
  after: acceptAfter(2),
  listed: acceptListed(new Map([['a', 'b']])),
};

/** In words, since it has to be read when something fails. */
interface Situation {
  readonly language: keyof typeof languages;
  readonly tls: TlsState;
  readonly offer: SessionSettings['login']['offer'];
  readonly accepts: keyof typeof policies;
}

const situation: Arbitrary<Situation> = fc.record({
  language: fc.constantFrom('smtp', 'exim', 'lmtp'),
  tls: fc.constantFrom('none', 'offered', 'active'),
  offer: fc.constantFrom('always', 'secure', 'never'),
  accepts: fc.constantFrom('all', 'none', 'after', 'listed'),
});

const few = (least: number, most: number) => fc.option(fc.integer({ min: least, max: most }), { nil: 1_000_000 });
const perhaps = (least: number, most: number) => fc.option(fc.integer({ min: least, max: most }), { nil: undefined });

/** One alone: which of several a message goes beyond first may depend on where it is cut. */
const contentLimit: Arbitrary<Partial<SmtpLimits>> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 1, max: 200 }).map((messageSize) => ({ messageSize })),
  fc.integer({ min: 1, max: 150 }).map((header) => ({ header })),
  fc.integer({ min: 1, max: 100 }).map((contentLine) => ({ contentLine })),
);

const limits: Arbitrary<SmtpLimits> = fc
  .record({
    commandLine: fc.integer({ min: 512, max: 1_000 }),
    commands: few(1, 40),
    recipients: few(1, 3),
    envelope: few(1, 60),
    errors: perhaps(1, 25),
    junk: perhaps(1, 5),
    messages: few(1, 3),
    content: contentLimit,
  })
  .map(({ content, ...others }) => ({ ...others, messageSize: 1_000_000, ...content }));

/** How the session is brought to where the fuzzing begins. */
const beginnings: Readonly<Record<string, (hello: string) => string>> = {
  'at its beginning': () => '',
  'after the introduction': (hello) => `${hello} me\r\n`,
  'after MAIL': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\n`,
  'after RCPT': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n`,
  'after DATA': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n`,
  'in its content': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: x\r`,
  'in a chunk': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 20\r\n12345`,
  'in a last chunk': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 20 LAST\r\n12345`,
  'between chunks': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 2\r\n12`,
  'in a chunk of nobody': (hello) => `${hello} me\r\nBDAT 20\r\n12345`,
  'in a login': (hello) => `${hello} me\r\nAUTH LOGIN\r\n`,
  'after half a login': (hello) => `${hello} me\r\nAUTH LOGIN\r\nYQ==\r\n`,
  'in a challenge': (hello) => `${hello} me\r\nAUTH CRAM-MD5\r\n`,
  'logged in': (hello) => `${hello} me\r\nAUTH PLAIN AGEAYg==\r\n`,
  'while a message is settled': (hello) => `${hello} me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n`,
  'in a handshake': (hello) => `${hello} me\r\nSTARTTLS\r\n`,
  'in an endless line': () => 'A'.repeat(2_000),
  'after its end': () => 'QUIT\r\n',
};

interface Play {
  readonly situation: Situation;
  readonly limits: SmtpLimits;
  readonly beginning: string;
  /** The peer waits for a handshake between two of them. */
  readonly stages: readonly string[];
  /** What becomes of its messages, in turn. */
  readonly settlements: readonly Settlement[];
}

const settlement: Arbitrary<Settlement> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Settlement>({ kept: true, queueId: '5D665224E7C' }) },
  { weight: 1, arbitrary: fc.constantFrom<Settlement>({ kept: false, why: 'full' }, { kept: false, why: 'failed' }) },
);

const play = (beginning: string, stage: Arbitrary<string> = script): Arbitrary<Play> =>
  fc.record({
    situation,
    limits,
    beginning: fc.constant(beginning),
    stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
    settlements: fc.array(settlement, { minLength: 1, maxLength: 3 }),
  });

const opening = ({ situation: { language }, beginning }: Play) =>
  beginnings[beginning]!(language === 'lmtp' ? 'LHLO' : 'EHLO');

function begin(given: Play): StrictPlayer {
  const { language, tls, offer, accepts } = given.situation;
  const login = { offer, accepts: policies[accepts], newChallenge };
  const player = new StrictPlayer(newSession(given.limits, { ...languages[language], tls, login }));
  feed(player, opening(given));
  return player;
}

function feed(player: StrictPlayer, text: string): void {
  player.receive(latin1(text));
}

/** Settles what is to be settled until nothing is left. */
function settleAll(player: StrictPlayer, { settlements }: Play): void {
  while (player.owed === 'settlement' && !player.isClosed) {
    player.settle(settlements[(player.messages.length - 1) % settlements.length]!);
  }
}

/** All of a play: what follows a STARTTLS waits for the next stage, since before that it would be lost. */
function perform(given: Play, places: readonly number[]): StrictPlayer {
  const player = begin(given);
  settleAll(player, given);
  for (const stage of given.stages) {
    for (const piece of cut(stage, places)) {
      feed(player, piece);
      settleAll(player, given);
    }
    if (player.owed === 'handshake') player.secure();
  }
  return player;
}

const outcome = ({ said, messages, isClosed, limits, session }: StrictPlayer) => ({
  said: said.split('\r\n'),
  messages,
  isClosed,
  limits,
  counts: session.counts,
  protocol: session.protocol,
});

describe.each(Object.keys(beginnings))('a session %s', (beginning) => {
  const numRuns = runs(250);

  it('has well-formed effects, however its input is cut, and the same ones', () => {
    fc.assert(
      fc.property(play(beginning), places, (given, places) => {
        expect(outcome(perform(given, places))).toEqual(outcome(perform(given, [])));
      }),
      { numRuns },
    );
  });

  it('has well-formed effects when settlements, handshakes and its end come at any time', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: script },
      { weight: 3, arbitrary: fc.constantFrom('settle', 'secure') },
      { weight: 1, arbitrary: fc.constantFrom('timeout', 'shutdown') },
    );
    fc.assert(
      fc.property(play(beginning), fc.array(step, { maxLength: 12 }), (given, steps) => {
        const player = begin(given);
        for (const next of steps) {
          if (next === 'timeout' || next === 'shutdown') player.end(next);
          else if (next === 'settle' || next === 'secure') {
            if (player.owed === 'settlement' && next === 'settle') player.settle(given.settlements[0]!);
            if (player.owed === 'handshake' && next === 'secure') player.secure();
          } else feed(player, next);
        }
      }),
      { numRuns },
    );
  });

  it('keeps the addresses as the peer gave them', () => {
    fc.assert(
      fc.property(play(beginning), places, (given, places) => {
        const input = latin1(opening(given) + given.stages.join(''));
        const { messages } = perform(given, places);
        for (const { from, to } of messages) {
          for (const address of [from, ...to]) expect(input.includes(peerBytes(address))).toBe(true);
        }
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    );
  });
});

describe('a session that is played a seed', () => {
  const usual: Play = {
    situation: { language: 'smtp', tls: 'offered', offer: 'always', accepts: 'none' },
    limits: {
      commandLine: 512,
      commands: 1_000,
      recipients: 2,
      envelope: 1_000,
      messageSize: 100,
      header: 60,
      contentLine: 50,
      messages: 3,
    },
    beginning: 'after the introduction',
    stages: [],
    settlements: [{ kept: true, queueId: '5D665224E7C' }],
  };

  it.each(seedsOf('session'))('%j does the same at every cut', (seed) => {
    const given = { ...usual, stages: [seed] };
    const whole = outcome(perform(given, []));
    for (let place = 1; place < seed.length; place++) expect(outcome(perform(given, [place]))).toEqual(whole);
    const each = Array.from({ length: seed.length }, (_, place) => place);
    expect(outcome(perform(given, each))).toEqual(whole);
  });
});
