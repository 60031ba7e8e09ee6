import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRecipients } from '../../src/lib/probe/recipients/choose-recipients.ts';
import { countedAs, readMailbox } from '../../src/lib/probe/recipients/mailbox.ts';
import { planSending, type Sending } from '../../src/lib/probe/recipients/plan-sending.ts';
import { RecipientLists } from '../../src/lib/probe/recipients/recipient-lists.ts';
import { runs } from '../support/hostile-fuzz.ts';
import type { Decision } from '../../src/lib/probe/probe.ts';

const counted = (text: string) => {
  const mailbox = readMailbox(text);
  return mailbox && countedAs(mailbox);
};

describe('a recipient', () => {
  it.each([
    ['user@example.org', 'user@example.org'],
    ['USER@Example.ORG', 'user@example.org'],
    ['user+one@example.org', 'user@example.org'],
    ['User+a+b@example.org.', 'user@example.org'],
    ['u.s_e-r=x&y~@mx.example.co', 'u.s_e-r=x&y~@mx.example.co'],
    ['user@BÜCHER.example', 'user@xn--bcher-kva.example'],
    ['user@ｅｘａｍｐｌｅ。org', 'user@example.org'],
  ])('%s counts as %s', (text, expected) => expect(counted(text)).toBe(expected));

  it.each([
    '',
    '@example.org',
    'user',
    'user@',
    'user@localhost',
    'user@[192.0.2.1]',
    'user@192.0.2.1',
    'user@１９２.0.2.1',
    'user@0x7f.1',
    '"user"@example.org',
    '"a b"@example.org',
    '@relay.example:user@example.org',
    'user%other.example@example.org',
    'other.example!user@example.org',
    'user@example.org@example.net',
    '-oQ/tmp@example.org',
    '|program@example.org',
    '.user@example.org',
    'us..er@example.org',
    'user.@example.org',
    'ü@example.org',
    'user@exa mple.org',
    'user@example..org',
    'user@-example.org',
    'user@example.org\r\nRCPT TO:<x@example.net>',
    'user@example.org\0',
    `${'u'.repeat(65)}@example.org`,
    `user@${'a.'.repeat(130)}org`,
    'us\udc80er@example.org',
  ])('%j is nobody to whom anything is sent', (text) => expect(readMailbox(text)).toBeUndefined());

  it('goes over the wire in characters that mean nothing to anybody, whatever a peer has said', () => {
    const unit = fc.constantFrom(...'aZ09_.+-=&~%!@"\\<>()[]|`$; \r\n\0\t,:/é。ｅ\u202e\udc80'.split(''));
    const text = fc.string({ unit, maxLength: 12 });
    fc.assert(
      fc.property(text, text, fc.constantFrom('', '.org', '。org', '.org.'), (local, domain, end) => {
        const mailbox = readMailbox(`${local}@${domain}${end}`);
        if (!mailbox) return;
        expect(mailbox.address).toMatch(/^[a-z\d_][\w.+=&'~-]*@[a-z\d.-]+\.[a-z][a-z\d-]*$/i);
        expect(readMailbox(mailbox.address)).toEqual(mailbox);
      }),
      { numRuns: runs(3_000) },
    );
  });

  it('is read in a time that no peer can make long', () => {
    const began = performance.now();
    for (const part of ['a', 'a.', 'a-', '-', '.', '+', 'é', 'xn--', 'a+']) {
      readMailbox(`${part.repeat(50_000)}@${part.repeat(50_000)}`);
      readMailbox(`u@${part.repeat(120)}`);
    }
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('lists of recipients', () => {
  const objection = (lists: RecipientLists, address: string) => lists.objection(readMailbox(address)!);

  it.each([
    'postmaster',
    'Abuse',
    'hostmaster',
    'webmaster',
    'noc',
    'security',
    'root',
    'MAILER-DAEMON',
    'abuse+probe',
  ])('never let anything go to %s', (role) => {
    const lists = new RecipientLists({ deny: [], allow: [`${role.replace(/\+.*/, '')}@example.org`] });
    expect(objection(lists, `${role}@example.org`)).toContain('role account');
  });

  it('deny an address in all of its forms, and a domain with all below it', () => {
    const lists = new RecipientLists({ deny: ['User@example.org', '@example.net', 'gov'] });
    for (const address of ['user+x@Example.org', 'a@example.net', 'a@mx.example.net', 'a@some.gov']) {
      expect(objection(lists, address)).toBe('it is on the deny list');
    }
    for (const address of ['users@example.org', 'a@notexample.net', 'a@gov.example']) {
      expect(objection(lists, address)).toBeUndefined();
    }
  });

  it('allow everybody when nobody is named, and nobody else when somebody is', () => {
    expect(objection(new RecipientLists({ deny: [] }), 'a@example.org')).toBeUndefined();
    const lists = new RecipientLists({ deny: ['bad@example.org'], allow: ['example.org'] });
    expect(objection(lists, 'a@example.org')).toBeUndefined();
    expect(objection(lists, 'a@example.net')).toBe('it is not on the allow list');
    expect(objection(lists, 'bad@example.org')).toBe('it is on the deny list');
    expect(objection(new RecipientLists({ deny: [], allow: [] }), 'a@example.org')).toBe('it is not on the allow list');
  });

  it('are refused where they cannot be read', () => {
    for (const entry of ['', 'a b', '*@example.org', '192.0.2.1', 'a@', '"x"@example.org']) {
      expect(() => new RecipientLists({ deny: [entry] }), entry).toThrow(
        expect.objectContaining({ code: 'probe.recipient-list', exit: 2 }),
      );
    }
  });
});

describe('of several recipients', () => {
  const lists = new RecipientLists({ deny: ['denied.example'] });
  const to = [
    'postmaster@example.org',
    '"x"@y',
    'a@example.org',
    'A+1@Example.org',
    'b@denied.example',
    'c@example.net',
  ];
  const wanted = (take: 'first' | 'all') =>
    chooseRecipients(to, take, lists).flatMap((choice) => (choice.is === 'wanted' ? [choice.mailbox.address] : []));

  it('each is accounted for, in order', () => {
    const choices = chooseRecipients(to, 'all', lists);
    expect(choices.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(choices.map((choice) => (choice.is === 'refused' ? choice.why : ''))).toEqual([
      'postmaster is a role account, to which nothing is ever sent',
      'it is no plain address (name@domain), and nothing is sent to any other',
      '',
      'it is one of the recipients before it again',
      'it is on the deny list',
      '',
    ]);
  });

  it('either the first is taken that may be sent to, or all of them', () => {
    expect(wanted('first')).toEqual(['a@example.org']);
    expect(wanted('all')).toEqual(['a@example.org', 'c@example.net']);
  });
});

describe('the plan for an approved probe', () => {
  const lists = new RecipientLists({ deny: [] });
  const policy = { many: 'hold', lists, largest: 1_000 } as const;
  const decision = (is: Decision['is'], under: Decision['under']): Decision => ({ by: 'x', is, under, at: '' });
  const plan = (sending: Sending, to: readonly string[], decided: Decision, size = 10) =>
    planSending({ to, size, decision: decided }, sending);

  it('is never to send what was approved for another mode', () => {
    for (const is of ['automatic', 'operator'] as const) {
      const made = plan({ mode: 'live', policy }, ['a@example.org'], decision(is, 'sandbox'));
      expect(made).toMatchObject({ is: 'hold', why: expect.stringContaining('sandbox') as string });
    }
  });

  it('is never to send while relaying is off', () => {
    expect(plan({ mode: 'off', policy }, ['a@example.org'], decision('operator', 'off')).is).toBe('hold');
  });

  it('waits for an operator when there are several recipients and the policy says so', () => {
    const several = ['a@example.org', 'b@example.org'];
    expect(plan({ mode: 'live', policy }, several, decision('automatic', 'live')).is).toBe('hold');
    expect(plan({ mode: 'live', policy }, several, decision('operator', 'live')).is).toBe('send');
    expect(plan({ mode: 'live', policy }, ['a@example.org', 'A@example.org'], decision('automatic', 'live')).is).toBe(
      'send',
    );
  });

  it('is never to send what is too large', () => {
    expect(plan({ mode: 'live', policy }, ['a@example.org'], decision('operator', 'live'), 1_000).is).toBe('send');
    expect(plan({ mode: 'live', policy }, ['a@example.org'], decision('operator', 'live'), 1_001).is).toBe('refuse');
  });

  it('goes to the one recipient of the mode test, if that may be sent to', () => {
    const sending = (recipient: string) => ({ mode: 'test', policy, recipient }) as const;
    const made = plan(
      sending('me@example.net'),
      ['root@example.org', 'a@example.org', 'b@example.org'],
      decision('automatic', 'test'),
    );
    expect(made).toMatchObject({
      is: 'send',
      choices: [{ is: 'refused' }, { is: 'wanted', mailbox: { address: 'me@example.net' } }, { is: 'refused' }],
    });
    expect(plan(sending('abuse@example.net'), ['a@example.org'], decision('automatic', 'test')).is).toBe('refuse');
    expect(plan(sending('nonsense'), ['a@example.org'], decision('automatic', 'test')).is).toBe('refuse');
  });
});
