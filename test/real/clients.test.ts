import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { evidenceOf, portsOf, rawMessage, verbsOf } from './evidence.ts';
import { run } from './programs.ts';

const envelope = { from: 'spammer@example.org', to: ['one@example.net', 'two@example.net', 'three@example.net'] };
const content = 'Subject: Grüße\r\n\r\n.a dot\r\n..\r\ntext\r\n';

function letterFile(text = content): string {
  const file = join(temporaryDirectory(), 'letter');
  writeFileSync(file, text);
  return file;
}

peer('curl')('curl', () => {
  const curl = (url: string, ...words: readonly string[]) => {
    const recipients = envelope.to.flatMap((to) => ['--mail-rcpt', to]);
    const letter = ['--mail-from', envelope.from, ...recipients, '--upload-file', letterFile()];
    return run('curl', ['--silent', '--show-error', '--insecure', '--url', url, ...letter, ...words]);
  };

  test('uploads a message in the clear, by STARTTLS and in TLS', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const { smtp, smtps, submission } = portsOf(sensor);
    const resolve = ['--resolve', `relay.example.test:${smtps}:127.0.0.1`];
    const host = 'curl.example.test';
    const ways: readonly (readonly string[])[] = [
      [`smtp://127.0.0.1:${smtp}/${host}`],
      [`smtp://127.0.0.1:${submission}/${host}`, '--ssl-reqd', '--tls-max', '1.2'],
      [`smtps://relay.example.test:${smtps}/${host}`, ...resolve],
    ];
    for (const [url = '', ...words] of ways) expect(await curl(url, ...words)).toEqual({ code: 0, said: '' });
    const { captures } = await evidenceOf(sensor);
    for (const capture of captures) {
      expect((await rawMessage(sensor, capture.id)).toString('utf8')).toBe(content);
      expect(capture).toMatchObject({ envelope, evidence: { helo: host } });
    }
    expect(captures.map(({ evidence }) => [evidence!.protocol, evidence!.tls?.version, evidence!.tls?.sni])).toEqual([
      ['ESMTP', undefined, undefined],
      ['ESMTPS', 'TLSv1.2', undefined],
      ['ESMTPS', 'TLSv1.3', 'relay.example.test'],
    ]);
  });

  test('logs in with a password and with a token, on behalf of another', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const url = `smtp://127.0.0.1:${sensor.port}`;
    const user = ['--user', 'someone@example.org:pass word'];
    const ways: readonly (readonly string[])[] = [
      [...user, '--login-options', 'AUTH=PLAIN', '--mail-auth', 'original@example.org'],
      [...user, '--login-options', 'AUTH=PLAIN', '--sasl-ir', '--sasl-authzid', 'boss@example.org'],
      [...user, '--login-options', 'AUTH=LOGIN', '--ssl-reqd'],
      [...user, '--login-options', 'AUTH=CRAM-MD5'],
      ['--user', 'someone@example.org', '--oauth2-bearer', 'a-token', '--login-options', 'AUTH=XOAUTH2'],
    ];
    for (const words of ways) expect(await curl(url, ...words)).toEqual({ code: 0, said: '' });
    const { captures } = await evidenceOf(sensor);
    const tried = captures.map(({ evidence }) => evidence!.credentials![0]!);
    const known = { user: 'someone@example.org', accepted: true };
    expect(tried).toMatchObject([
      { ...known, mechanism: 'PLAIN', password: 'pass word' },
      { ...known, mechanism: 'PLAIN', password: 'pass word', actsFor: 'boss@example.org' },
      { ...known, mechanism: 'LOGIN', password: 'pass word' },
      { ...known, mechanism: 'CRAM-MD5', response: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
      { ...known, mechanism: 'XOAUTH2', token: 'a-token' },
    ]);
    expect(sensor.told('login.tried')).toMatchObject(tried);
    expect(captures[0]!.evidence!.parameters).toContain('AUTH=<original@example.org>');
    expect(captures[2]!.evidence!.protocol).toBe('ESMTPSA');
  });

  test('asks for a user and for help, which is evidence without a message', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const url = `smtp://127.0.0.1:${sensor.port}`;
    await run('curl', ['--silent', '--url', url, '--mail-rcpt', 'root', '--request', 'VRFY']);
    await run('curl', ['--silent', '--url', url, '--request', 'HELP']);
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toEqual([]);
    expect(sessions.map(({ scan }) => scan)).toEqual(['userTest', 'features']);
    expect(sessions[0]!.commandsSeen).toContainEqual([expect.any(Number), 'VRFY root']);
  });
});

peer('curl')('another protocol', () => {
  test.each(['smtp', 'smtps'] as const)('is called foreign on the port for %s, and not silent', async (on) => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    await run('curl', ['--silent', '--http0.9', '--max-time', '2', `http://127.0.0.1:${portsOf(sensor)[on]}/`]);
    await sensor.event('session.closed');
    const { sessions } = await evidenceOf(sensor);
    expect(sessions).toMatchObject([{ scan: 'foreign', messages: 0 }]);
    expect(sessions[0]!.bytesIn).toBeGreaterThan(0);
  });
});

peer('msmtp')('msmtp', () => {
  test.each([
    {
      name: 'STARTTLS and a login',
      on: 'submission',
      words: ['--tls-starttls=on', '--auth=plain'],
      mechanism: 'PLAIN',
    },
    { name: 'TLS and a login', on: 'smtps', words: ['--tls-starttls=off', '--auth=login'], mechanism: 'LOGIN' },
  ] as const)('sends by $name', async ({ on, words, mechanism }) => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const folder = temporaryDirectory();
    const file = join(folder, 'msmtprc');
    const account = { account: 'default', user: 'someone', password: 'secret', tls: 'on', tls_certcheck: 'off' };
    const lines = Object.entries(account).map(([key, value]) => `${key} ${value}\n`);
    writeFileSync(file, `${lines.join('')}host 127.0.0.1\ndomain msmtp.example.test\n`, { mode: 0o600 });
    const from = ['-C', file, '--port', portsOf(sensor)[on], '--from', envelope.from, ...words];
    const { code, said } = await run('msmtp', [...from, '--', ...envelope.to], {
      input: content.replaceAll('\r\n', '\n'),
    });
    expect({ code, said }).toEqual({ code: 0, said: '' });
    const { captures } = await evidenceOf(sensor);
    expect(captures).toMatchObject([
      {
        envelope,
        evidence: {
          protocol: 'ESMTPSA',
          helo: 'msmtp.example.test',
          tls: { version: 'TLSv1.3' },
          credentials: [{ mechanism, user: 'someone', password: 'secret', accepted: true }],
        },
      },
    ]);
    expect((await rawMessage(sensor, captures[0]!.id)).toString('utf8')).toContain('\r\n\r\n.a dot\r\n..\r\ntext\r\n');
  });
});

const python = `
import smtplib, ssl, sys
from email.message import EmailMessage
from email.policy import SMTPUTF8
relay = smtplib.SMTP('127.0.0.1', int(sys.argv[1]), local_hostname='python.example.test')
relay.starttls(context=ssl._create_unverified_context())
relay.login('someone', 'secret')
message = EmailMessage(policy=SMTPUTF8)
message['Subject'] = 'Grüße'
message['From'] = 'absender@grüße.example'
message['To'] = 'empfänger@例え.example, two@example.net'
message.set_content('.a dot\\nGröße\\n', cte='8bit')
assert relay.send_message(message) == {}, 'somebody was refused'
assert relay.verify('root')[0] == 252
relay.sendmail('', ['bounce@example.net'], b'Subject: bounce\\r\\n\\r\\n..\\r\\n')
relay.quit()
`;

peer('python3')("Python's smtplib", () => {
  test('logs in, sends a message with addresses in UTF-8, and another', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    // Debian's own, and no other that may come first.
    expect(await run('/usr/bin/python3', ['-c', python, sensor.port])).toEqual({ code: 0, said: '' });
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toHaveLength(2);
    expect(captures[0]).toMatchObject({
      envelope: { from: 'absender@grüße.example', to: ['empfänger@例え.example', 'two@example.net'] },
      evidence: {
        helo: 'python.example.test',
        protocol: 'ESMTPSA',
        parameters: expect.arrayContaining(['SMTPUTF8']) as unknown,
        credentials: [{ user: 'someone', accepted: true }],
      },
    });
    const first = (await rawMessage(sensor, captures[0]!.id)).toString('utf8');
    expect(first).toContain('Subject: Grüße\r\n');
    expect(first).toMatch(/\r\n\r\n\.a dot\r\nGröße\r\n$/);
    expect(captures[1]).toMatchObject({ envelope: { from: '', to: ['bounce@example.net'] } });
    expect((await rawMessage(sensor, captures[1]!.id)).toString('utf8')).toBe('Subject: bounce\r\n\r\n..\r\n');
    // What a message's evidence tells is what came since the message before it.
    expect(verbsOf(captures[1]!.evidence!)).toEqual(['VRFY', 'MAIL', 'RCPT', 'DATA']);
    expect(sessions).toMatchObject([{ messages: 2, endedBy: 'quit', helo: 'python.example.test' }]);
  });
});
