import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPersona, recordFrom } from '../../src/lib/assembly/personas.ts';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { run } from '../real/programs.ts';
import { peer } from '../support/peers.ts';
import { command } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { startFake } from './fake-server.ts';
import { offering, record, recordFake, takesMail } from './recording.ts';

describe('a server that relays for nobody', () => {
  it('teaches how it takes mail for itself, and how it refuses others', async () => {
    const { persona, text } = await recordFake({});
    expect(persona.replies).toMatchObject({
      mail: '250 Sender taken',
      rcpt: '250 Recipient taken',
      rcptUnknown: '550 No relaying',
      unknown: '500 What?',
    });
    expect(persona.features).toEqual([]);
    expect(text).not.toMatch(/^# {3}(?:rcpt|mail): /m);
  });

  it('teaches no success where it refuses everything', async () => {
    const { persona, text } = await recordFake({
      answer: (line) => (/^(MAIL|NOOP)/.test(line) ? '530 5.7.0 Must issue a STARTTLS command first' : undefined),
    });
    const { replies } = persona.name === 'exim' ? exim : postfix;
    const { mail, rcpt, noop, rcptUnknown, mailNested, dataNeedsRcpt } = persona.replies;
    expect({ mail, rcpt, noop, rcptUnknown, mailNested, dataNeedsRcpt }).toEqual({
      mail: replies.mail,
      rcpt: replies.rcpt,
      noop: replies.noop,
      rcptUnknown: replies.rcptUnknown,
      // What leads up to these was refused.
      mailNested: replies.mailNested,
      dataNeedsRcpt: replies.dataNeedsRcpt,
    });
    expect(text).toContain('#   mail: it said "530 5.7.0 Must issue a STARTTLS command first"\n');
    expect(text).toContain('#   noop: it said "530 5.7.0 Must issue a STARTTLS command first"\n');
  });

  it('is asked with another sender, where it does not like ours', async () => {
    const { persona } = await recordFake({
      answer: (line) => (line.startsWith('MAIL FROM:<p') ? '550 5.1.0 Sender rejected' : undefined),
    });
    expect(persona.replies).toMatchObject({ mail: '250 Sender taken', rcpt: '250 Recipient taken' });
  });

  it('may repeat the address', async () => {
    const { persona } = await recordFake({
      answer(line) {
        const address = /:<(\S+)>$/.exec(line)?.[1];
        if (address === undefined) return undefined;
        if (line.startsWith('MAIL')) return `250 2.1.0 <${address}>... Sender ok`;
        return line.endsWith('.net>')
          ? `550 5.7.1 <${address}>... Relaying denied`
          : `250 2.1.5 <${address}>... Recipient ok`;
      },
    });
    expect(persona.replies).toMatchObject({
      mail: '250 2.1.0 <{argument}>... Sender ok',
      rcpt: '250 2.1.5 <{argument}>... Recipient ok',
      rcptUnknown: '550 5.7.1 <{argument}>... Relaying denied',
    });
  });
});

peer('swaks')('what no persona can say', () => {
  it('is left out of the logins, by name', async () => {
    const { persona, text, path } = await recordFake({ answer: offering('AUTH NTLM GSSAPI', 'HELP') });
    expect(persona.features).toEqual(['HELP']);
    expect(text).toContain('mechanisms: left out, because nobody here speaks them, are NTLM GSSAPI.');
    await takesMail(path);
    const some = await recordFake({ answer: offering('AUTH=LOGIN NTLM', 'AUTH\tntlm LOGIN plain', 'HELP') });
    expect(some.persona.features).toEqual(['AUTH {mechanisms}', 'HELP']);
    expect(some.persona.mechanisms).toEqual(['LOGIN']);
    expect(some.text).toContain('are NTLM.\n');
  });

  it.each([
    ['a bare 250', (line: string) => (/^(EHLO .|NOOP)/.test(line) ? '250' : undefined), '250'],
    ['an empty feature', (line: string) => (line.startsWith('EHLO ') ? '250-fake\n250-\n250 ' : undefined), '250 Done'],
    [
      'a tab',
      (line: string) => (line === 'NOOP' ? '250-a\tb\n250\tc' : offering('SIZE\t1000')(line)),
      '250-a\tb\n250 c',
    ],
    ['bytes that are no text', (line: string) => (line === 'NOOP' ? '250 caf\xe9' : undefined), '250 caf\udce9'],
  ])('is none of these: %s', async (_, answer, noop) => {
    const { persona, path } = await recordFake({ answer });
    expect(persona.replies.noop).toBe(noop);
    await takesMail(path);
  });

  it('is left out, with its words in a comment', async () => {
    const { persona, text, path } = await recordFake({
      answer: (line) =>
        line === 'NOOP'
          ? '250 \u001b[31mred'
          : line === 'RSET'
            ? '250OK'
            : offering('X\u0007', 'SIZE 99999999999999999999')(line),
    });
    expect(persona.replies.noop).toBe(postfix.replies.noop);
    expect(persona.replies.rset).toBe(postfix.replies.rset);
    expect(persona.features).toEqual(['SIZE {size}']);
    expect(text).toContain('#   replies.noop: left out is "250 \\u001b[31mred"\n');
    expect(text).toContain('#   replies.rset: left out is "250OK"\n');
    expect(text).toMatch(
      /^# {3}messageSize: left out is 1e\+20$|^# {3}messageSize: left out is 100000000000000000000$/m,
    );
    expect(text).toContain('#   features: left out is "X\\x07"\n');
    await takesMail(path);
  });
});

peer('swaks')('a question without an answer', () => {
  it.each(['reset', 'close'] as const)('is no end of the recording: %s', async (turn) => {
    const { persona, text, path } = await recordFake({
      answer: (line) => (line.startsWith('GET') || line === 'FROBNICATE' ? turn : undefined),
    });
    expect(persona.replies).toMatchObject({ greeting: '220 {host} ESMTP Fake', noop: '250 Done' });
    expect(persona.replies.notSmtp).toBe(postfix.replies.notSmtp);
    expect(text).toMatch(/^# {3}notSmtp: (?:read ECONNRESET|it closes the connection)$/m);
    await takesMail(path);
  });

  it('is one that is not answered in time', async () => {
    const timing = { now: () => performance.now(), patience: 300 };
    const { persona, text } = await recordFake(
      { answer: (line) => (line === 'NOOP' ? 'silence' : undefined) },
      { timing },
    );
    expect(persona.replies.noop).toBe(postfix.replies.noop);
    expect(text).toContain('#   noop: no reply within 0.3 s\n');
  });

  it('is a fault only where nothing is ever said', async () => {
    const timing = { now: () => performance.now(), patience: 300 };
    for (const greeting of ['silence', 'reset', 'close'] as const) {
      await expect(recordFake({ greeting }, { timing })).rejects.toMatchObject({ code: 'persona.no-conversation' });
    }
    const refusing = await startFake({ greeting: '554 No service for you' });
    await expect(recordFrom(`127.0.0.1:${refusing.port}`)).rejects.toMatchObject({ code: 'persona.refused' });
    expect(refusing.sessions.length).toBeLessThan(3);
  });
});

peer('swaks')('TLS', () => {
  it('shows the logins that are offered only inside', async () => {
    const { persona, text, path } = await recordFake({
      answer(line, inTls) {
        const verb = line.split(' ', 1)[0]!;
        if (verb === 'EHLO' && line !== verb) {
          return inTls
            ? offering('SIZE 1000', 'AUTH PLAIN LOGIN XNEW', 'HELP')(line)
            : offering('SIZE 1000', 'STARTTLS', 'HELP')(line);
        }
        if (verb === 'STARTTLS') return inTls ? '503 One is enough' : undefined;
        if (verb !== 'AUTH') return line === '*' ? '501 As you like' : undefined;
        if (!inTls) return '538 Only in TLS';
        return line === 'AUTH LOGIN' ? '334 VXNlcm5hbWU6' : '504 No such way';
      },
    });
    expect(persona.features).toEqual(['SIZE {size}', 'STARTTLS', 'AUTH {mechanisms}', 'HELP']);
    expect(persona.mechanisms).toEqual(['PLAIN', 'LOGIN']);
    expect(persona.replies).toMatchObject({
      authNeedsTls: '538 Only in TLS',
      authMechanism: '504 No such way',
      authAborted: '501 As you like',
      startTls: '220 Go on',
      startTlsTwice: '503 One is enough',
    });
    expect(text).toContain('AUTH is offered only after STARTTLS.');
    await takesMail(path);
  });

  it('may begin with the first byte', async () => {
    const server = await startFake({ tls: 'implicit', answer: offering('AUTH PLAIN', 'HELP') });
    const { persona, path } = await record(server.port, { tls: 'implicit' });
    expect(persona.replies).toMatchObject({ greeting: '220 {host} ESMTP Fake', rcpt: '250 Recipient taken' });
    expect(persona.features).toEqual(['AUTH {mechanisms}', 'HELP']);
    await takesMail(path);
    const timing = { now: () => performance.now(), patience: 300 };
    await expect(record(server.port, { timing })).rejects.toMatchObject({
      code: 'persona.no-conversation',
      fix: expect.stringContaining('--tls implicit') as string,
    });
  });

  it('that fails is a question without an answer', async () => {
    const { persona } = await recordFake({
      answer: (line, inTls) =>
        line === 'STARTTLS' && !inTls ? '220 Go on\r\nno TLS at all' : offering('STARTTLS', 'HELP')(line),
    });
    expect(persona.features).toEqual(['STARTTLS', 'HELP']);
    expect(persona.replies.rcpt).toBe('250 Recipient taken');
  });
});

peer('swaks')('spamtrap persona record', () => {
  it('writes a file that serve-relay takes', async () => {
    const server = await startFake({ tls: 'implicit' });
    const out = join(temporaryDirectory(), 'draft.yml');
    const words = ['persona', 'record', `127.0.0.1:${server.port}`, '--tls', 'implicit', '--out', out];
    const { code, said } = await run(command, words);
    expect(code, said).toBe(0);
    expect(loadPersona(out).replies.rcpt).toBe('250 Recipient taken');
    await takesMail(out);
  });

  it('ends with 1 where no server is', async () => {
    const { code, said } = await run(command, ['persona', 'record', '127.0.0.1:1']);
    expect(code).toBe(1);
    expect(said).toContain('No conversation with 127.0.0.1 port 1');
  });
});

describe('the recorder', () => {
  it('takes leave, sends no message and offers no password', async () => {
    const server = await startFake({
      // It takes a message for nobody, and a login before EHLO.
      answer: (line) => (line === 'DATA' ? '354 Go on' : line === 'AUTH LOGIN' ? '334 ' : offering('AUTH LOGIN')(line)),
    });
    await record(server.port);
    const last = server.sessions.map((lines) => lines.at(-1));
    expect(new Set(last)).toEqual(new Set(['QUIT', 'DATA', 'AUTH LOGIN']));
    // Nothing is said where it would be content, or a part of a login but its end.
    const lines = server.sessions.flat();
    expect(lines.filter((line) => line === '.' || /^AUTH \w+ ./.test(line))).toEqual([]);
    const inLogin = server.sessions.flatMap((told) => told.slice(told.indexOf('AUTH LOGIN') + 1 || told.length));
    expect(inLogin).toEqual(['*', 'QUIT']);
  });
});
