import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleHooks } from '../../src/lib/capture/rule-match.ts';
import { defaultRules, defaultRulesText } from '../../src/lib/rules/defaults.ts';
import type { RuleFacts } from '../../src/lib/rules/facts.ts';
import { urlsIn } from '../../src/lib/mime/message-view.ts';
import { compileRules } from '../../src/lib/rules/rule-set.ts';
import { corpusMessages } from '../support/corpora.ts';
import { messageFacts, rulesOf, ruleWith, sessionFacts, surroundings, view } from './support.ts';

const everything = rulesOf(`${defaultRulesText}
  - name: all fields
    kind: note
    on: message
    when:
      any:
        - all:
            - url: { ends: nowhere }
            - attachment: { ends: nowhere }
        - html: { mentions: [own-address, own-host, tried-credentials] }
        - headers: { mentions: [own-address, own-host, tried-credentials] }
        - attachmentType: { contains: nowhere }
        - lastLines: { lines: 200, mentions: own-host, regex: '(a|b)+$' }
        - text: { regex: ['(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$'], script: Cherokee }
        - sameAddress: [from, to, sender, recipient]
`);

// Both lie within what is looked at of a text.
const [short, long] = [30_000, 240_000];
const repeated = (text: string, length = long) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

const shapes: Readonly<Record<string, (length: number) => string>> = {
  'one word': (length) => `Subject: x\n\n${repeated('a', length)}`,
  'one header': (length) => `Subject: ${repeated('=?', length)}\n\n`,
  'many headers': (length) => `${repeated('To: a@b\n', length)}\n`,
  'folded headers': (length) => `X: y${repeated('\n z', length)}\n\n`,
  'encoded words': (length) => `Subject: ${repeated('=?utf-8?q?=41?= ', length)}\n\n`,
  'half encoded words': (length) => `Subject: ${repeated('=?utf-8?b?', length)}\n\n`,
  'open brackets': (length) => `Content-Type: text/html\n\n${repeated('<', length)}`,
  'open comments': (length) => `Content-Type: text/html\n\n${repeated('<!--', length)}`,
  'open scripts': (length) => `Content-Type: text/html\n\n${repeated('<script>', length)}`,
  entities: (length) => `Content-Type: text/html\n\n${repeated('&#x41;&am', length)}`,
  parts: (length) => `Content-Type: multipart/mixed; boundary=b\n\n${repeated('--b\n\nx\n', length)}`,
  dashes: (length) => `Content-Type: multipart/mixed; boundary=-\n\n${repeated('-', length)}`,
  'parts within parts': (length) =>
    Array.from({ length: length / 60 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`).join(
      '',
    ),
  'messages within messages': (length) => repeated('Content-Type: message/rfc822\n\n', length),
  parameters: (length) => `Content-Type: text/plain${repeated('; a*0="', length)}\n\nx`,
  'soft line breaks': (length) => `Content-Transfer-Encoding: quoted-printable\n\n${repeated('= \t', length)}`,
  'dotted numbers': (length) => `\n${repeated('1.', length)}`,
  'nearly our address': (length) => `\n${repeated('192.168.1.1.', length)}`,
  'dashed numbers': (length) => `\n${repeated('192-168-1-1-', length)}`,
  colons: (length) => `\n${repeated(':', length)}`,
  groups: (length) => `\n${repeated('2001:db8:', length)}`,
  'nearly our host': (length) => `\n${repeated('mail.example.org', length)}`,
  'our address in base64, within words': (length) =>
    `\n${repeated(Buffer.from('1192.168.1.15').toString('base64'), length)}`,
  hexadecimal: (length) => `\n${repeated('c0a8010', length)}`,
  'base64 lines': (length) => `\n${repeated(`${'A'.repeat(76)}\n`, length)}`,
  links: (length) => `\n${repeated('http://', length)}`,
  'brackets behind a link': (length) => `\n${repeated(`http://a${')'.repeat(2000)} `, length)}`,
  'empty lines': (length) => `\n${repeated('\n', length)}`,
  percent: (length) => `\n${repeated('%41=2E', length)}`,
};

// Milliseconds; the processor's time is counted no finer on some machines.
const clockTick = 5;

/** Of the processor, and not of the clock: other work on the machine is no finding. */
function processorSeconds(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}

/** Milliseconds of the processor, the fewest of three. */
function costOf(message: string): number {
  const bytes = Buffer.from(message, 'latin1');
  const credentials = [{ mechanism: 'PLAIN', accepted: true, user: 'aaaa', password: 'AAAA' }];
  const costs = [0, 1, 2].map(() => {
    const facts = messageFacts(bytes, { credentials });
    return (
      1000 *
      processorSeconds(() => {
        everything.judge(facts);
        urlsIn(facts.message!);
      })
    );
  });
  return Math.min(...costs);
}

describe('a hostile message costs no more than its length', () => {
  const honest = costOf(`Subject: x\n\n${repeated('An honest line, of honest words.\n')}`);

  it.each(Object.entries(shapes))('%s', (_name, shape) => {
    const [little, much] = [costOf(shape(short)), costOf(shape(long))];
    // Eight times the length: what is quadratic costs 64 times as much.
    expect(much).toBeLessThan(24 * Math.max(little, clockTick));
    // And nothing costs many times what honest text of that length does.
    expect(much).toBeLessThan(40 * Math.max(honest, clockTick));
  });
});

describe('patterns that were made to take for ever', () => {
  const hostile = [
    '(a+)+$',
    '(x+x+)+y',
    '(.*)*z',
    '(a?){60}a{60}',
    '(?:[a-z]{1,240})\\d',
    '\\b(?:a|b|x)*x[abx]{18}\\bz',
  ];
  let state = 7;
  const chance = () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0), (state >>> 16) % 3);
  // Without any order in it, so that an automaton never meets what it has met before.
  const text = Array.from({ length: 65_536 }, () => 'abx'[chance()]).join('');

  it('take two seconds of the processor together and no more, where anything else takes minutes', () => {
    const explosive = '[abx]*x[abx]{18}z';
    const many = Array.from({ length: 60 }, (_, n) => `{ text: { regex: '${explosive}(?:${n})' } }`).join(', ');
    const set = ruleWith(`{ any: [${many}] }`);
    const facts = messageFacts(`\n${text}`);
    const seconds = processorSeconds(() => expect(set.judge(facts).unasked).toBeGreaterThan(0));
    // Twice what is promised, for a slow machine.
    expect(seconds).toBeLessThan(4);
  });

  it('end within their budget, and what is left over is told', () => {
    const set = ruleWith(`{ any: [${hostile.map((regex) => `{ text: { regex: '${regex}9' } }`).join(', ')}] }`);
    const messages = [text, 'a'.repeat(65_536), 'x'.repeat(65_536)];
    const seconds = processorSeconds(() => {
      for (const message of messages) set.judge(messageFacts(`\n${message}`));
    });
    // A backtracking engine would still be at the first of them when the sun goes out.
    expect(seconds).toBeLessThan(4 * messages.length);
  });

  it('are not asked any more once a message has cost enough', () => {
    const many = Array.from({ length: 400 }, (_, n) => `{ text: { regex: '(?:a|b){20}(?:c${n})' } }`).join(', ');
    const set = ruleWith(`{ any: [${many}] }`);
    expect(set.judge(messageFacts(`\n${text}`)).unasked).toBeGreaterThan(0);
    expect(set.judge(messageFacts('\nshort')).unasked).toBeUndefined();
  });

  it('see no more of a text than a bounded part', () => {
    const set = ruleWith("{ text: { regex: 'end$' } }");
    expect(set.judge(messageFacts(`\n${'x'.repeat(100)}end`)).matches).toHaveLength(1);
    expect(set.judge(messageFacts(`\n${'x'.repeat(70_000)}end`)).matches).toHaveLength(0);
  });
});

describe('whatever comes, nothing is thrown', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const pieces = fc.constantFrom(
    '\r\n',
    '\n',
    '\r\n\r\n',
    ': ',
    'Subject',
    'Content-Type',
    'multipart/mixed',
    '; boundary=',
    'b',
    '--b',
    '--',
    '=?',
    '?B?',
    '?Q?',
    '?=',
    'utf-8',
    'iso-2022-jp',
    '\x1b$B',
    'Content-Transfer-Encoding: base64',
    '192.168.1.1',
    '=',
    '%',
    '<',
    '>',
    '<!--',
    '&#',
    ';',
    'http://',
    '\0',
    '\xff',
    '\xe9',
    "filename*0*=utf-8''",
    '"',
    'mail.example.org',
    '::',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((each) => Buffer.from(each)),
    fc.array(pieces, { maxLength: 60 }).map((each) => Buffer.from(each.join(''), 'latin1')),
  );
  const facts: fc.Arbitrary<RuleFacts> = fc.record({
    hook: fc.constantFrom(...ruleHooks),
    peer: fc.oneof(fc.ipV4(), fc.ipV6(), text),
    tls: fc.boolean(),
    from: text,
    helo: text,
    to: fc.array(text, { maxLength: 3 }),
    credentials: fc.array(fc.record({ mechanism: text, accepted: fc.boolean(), user: text, password: text })),
    counts: fc.constant(sessionFacts.counts),
  });

  it('by the rules, at any hook', () => {
    fc.assert(
      fc.property(facts, bytes, (session, message) => {
        const seen = session.hook === 'message' ? { message: view(message), size: message.length } : {};
        const { matches } = everything.judge({ ...session, ...seen });
        everything.explain({ ...session, ...seen });
        for (const { because } of matches) expect(because.length).toBeLessThan(510);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
    );
  });

  it('when a hook is asked without what belongs to it', () => {
    const { from: _from, helo: _helo, protocol: _protocol, ...bare } = sessionFacts;
    for (const hook of ruleHooks) expect(everything.judge({ ...bare, hook, to: [] }).matches).toBeDefined();
  });

  it('by real mail cut anywhere', () => {
    const messages = corpusMessages();
    const set = compileRules(defaultRules(), surroundings);
    for (const [index, message] of messages.entries()) {
      set.judge(messageFacts(message.subarray(0, (index * 7919) % (message.length + 1))));
    }
  });
});
