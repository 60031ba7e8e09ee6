import { describe, expect, it } from 'vitest';
import { defaultRules } from '../../src/lib/rules/defaults.ts';
import { compileRules } from '../../src/lib/rules/rule-set.ts';
import { corpusMessages } from '../support/corpora.ts';
import { matches, messageFacts, sessionFacts, surroundings } from './support.ts';

const rules = () => compileRules(defaultRules(), surroundings);
const decides = (...given: Parameters<typeof messageFacts>) => rules().judge(messageFacts(...given)).effects;

const credentials = [{ mechanism: 'LOGIN', accepted: true, user: 'test@example.net', password: 'Winter2027' }];
const long = 'An honest line of text that says nothing at all.\n'.repeat(600);

describe('the rules that come with the program put on the desk', () => {
  it.each([
    ['own-address-in-subject', 'Subject: BC_192.168.1.1\n\nhi'],
    ['own-address-in-subject', `Subject: =?koi8-r?B?${Buffer.from('3232235777').toString('base64')}?=\n\nhi`],
    ['own-address-in-subject', `Subject: relay 1.1.168.192\n\n${long}`],
    ['own-host-in-subject', 'Subject: mail.example.org\n\nhi'],
    ['own-address-in-headers', 'Subject: t_Smtp.LocalIP\nX-SpamInfo: 192.168.1.1\n\nhi'],
    ['own-address-in-headers', 'Subject: x\nTo: <check@[192.168.1.1]>\n\nhi'],
    ['own-address-in-text', 'Subject: test\n\nc0a80101:0019'],
    ['own-address-in-text', `Subject: test\n\n${Buffer.from('x=192.168.1.1:25').toString('base64')}`],
    ['own-address-in-text', 'Subject: test\nContent-Type: text/html\n\n<i title="192.168.1.1">x</i>'],
    ['own-address-in-last-lines', `Subject: news\n\n${long}-- \n192.168.1.1\n`],
    ['own-host-in-text', 'Subject: x\n\nsmtp mail.example.org 25'],
  ])('%s: %j', (rule, message) => {
    expect(decides(message)).toMatchObject({ rule, relay: true });
  });

  it('who names the user and the password that were just tried', () => {
    const message = 'Subject: test\n\nsmtp|587|test@example.net|Winter2027';
    expect(decides(message, { credentials })).toMatchObject({ rule: 'tried-credentials', relay: true });
    expect(decides('Subject: test\n\nto test@example.net', { credentials })).toBeUndefined();
  });
});

describe('and do not', () => {
  const seven = Array.from({ length: 7 }, (_, n) => `user${n}@example.com`);

  it.each([
    ['another address', 'Subject: 192.168.1.11\n\nhi', {}],
    ['mail to an address at our host', 'Subject: x\nTo: a@mail.example.org\n\nunsubscribe: a@mail.example.org', {}],
    ['phishing that names our host', 'Subject: mail.example.org: confirm\n\nat http://evil.example/', {}],
    ['our name in headers of servers', 'Received: from x by mail.example.org ([192.168.1.1])\nSubject: x\n\nhi', {}],
    ['a campaign that names our host', 'Subject: x\n\nsmtp mail.example.org 25', { to: seven }],
  ])('%s', (_what, message, more) => {
    expect(decides(message, more)?.relay).toBeUndefined();
  });

  it('what only looks like a test, which is noted', () => {
    const toItself = 'From: a@example.net\nTo: A@example.net\nSubject: hi\n\nhi';
    expect(matches(rules(), messageFacts(toItself))).toEqual(['to-itself']);
    expect(matches(rules(), messageFacts('Subject: open relay test\n\nhi'))).toEqual(['test-words-in-subject']);
    expect(matches(rules(), { ...sessionFacts, helo: '192.168.1.1' })).toEqual(['says-it-is-us']);
    const forms = ['u%example.com@mail.example.org', '"u@example.com"', 'u@example.com@[192.168.1.1]', '@a:u@b', 'b!u'];
    for (const form of forms) {
      expect(matches(rules(), { ...sessionFacts, hook: 'rcpt', to: [form] })).toEqual(['relay-form-of-recipient']);
    }
    expect(matches(rules(), { ...sessionFacts, hook: 'rcpt' })).toEqual([]);
  });
});

const messages = corpusMessages();

describe.runIf(messages.length > 0)('real messages', () => {
  const set = compileRules(defaultRules(), { ...surroundings, ownAddresses: () => ['198.51.100.25', '2001:db8::25'] });

  it('are no probes', () => {
    const probes = messages.filter((message) => set.judge(messageFacts(message)).effects?.relay);
    expect(messages.length).toBeGreaterThan(500);
    expect(probes).toEqual([]);
  });

  it('become probes when our address is put into them', () => {
    for (const message of messages.slice(0, 100)) {
      const named = Buffer.concat([Buffer.from('Subject: 198.51.100.25\r\n'), message]);
      expect(set.judge(messageFacts(named)).effects).toMatchObject({ rule: 'own-address-in-subject' });
    }
  });
});
