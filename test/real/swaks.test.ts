import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { evidenceOf, portsOf, rawMessage, verbsOf } from './evidence.ts';
import { run } from './programs.ts';

const envelope = { from: 'spammer@example.org', to: ['victim@example.net', 'other@example.net'] };
const content = 'Subject: from swaks\r\n\r\n.a dot\r\nGrüße\r\n';

/** Hands the message in, with what else swaks is to do. It ends with 0 only when all of it went well. */
function swaks(port: number, ...words: readonly (string | number)[]) {
  const server = ['--server', '127.0.0.1', '--port', port, '--helo', 'swaks.example.test', '--timeout', 10];
  const letter = ['--from', envelope.from, '--to', envelope.to.join(','), '--data', '@-'];
  // It ends lines by itself.
  return run('swaks', [...server, ...letter, ...words], { input: content.trimEnd().replaceAll('\r\n', '\n') });
}

const login = ['--auth-user', 'großer@example.org', '--auth-password', 'pass wörd'];

peer('swaks', 'libnet-ssleay-perl')('swaks', () => {
  test('brings a message: plain, pipelined, by STARTTLS and in TLS', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const { smtp, smtps, submission } = portsOf(sensor);
    const ways = [
      [smtp, '--protocol', 'SMTP'],
      [smtp],
      [smtp, '--pipeline'],
      [smtp, '--tls', '--tls-sni', 'relay.example.test'],
      [submission, '--tls', '--tls-protocol', 'tlsv1_2', '--pipeline'],
      [smtps, '--tls-on-connect'],
    ] as const;
    for (const [port, ...words] of ways) {
      const { code, said } = await swaks(port, ...words);
      expect(code, said).toBe(0);
    }
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toHaveLength(ways.length);
    for (const capture of captures) {
      expect((await rawMessage(sensor, capture.id)).toString('utf8')).toBe(content);
      expect(capture).toMatchObject({ intake: 'relay', envelope, evidence: { helo: 'swaks.example.test' } });
      expect(capture.evidence).toMatchObject({ peer: { address: '127.0.0.1', port: expect.any(Number) as number } });
    }
    const told = captures.map(({ evidence }) => [evidence!.local.port, evidence!.protocol, evidence!.tls?.version]);
    expect(told).toEqual([
      [smtp, 'SMTP', undefined],
      [smtp, 'ESMTP', undefined],
      [smtp, 'ESMTP', undefined],
      [smtp, 'ESMTPS', 'TLSv1.3'],
      [submission, 'ESMTPS', 'TLSv1.2'],
      [smtps, 'ESMTPS', 'TLSv1.3'],
    ]);
    expect(captures[3]!.evidence!.tls).toEqual({
      version: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_[A-Z0-9_]+$/) as string,
      sni: 'relay.example.test',
    });
    expect(sensor.told('tls.started')).toMatchObject([
      { sni: 'relay.example.test', version: 'TLSv1.3' },
      { version: 'TLSv1.2' },
      { version: 'TLSv1.3' },
    ]);
    expect(verbsOf(captures[0]!.evidence!)).toEqual(['HELO', 'MAIL', 'RCPT', 'RCPT', 'DATA']);
    expect(verbsOf(captures[3]!.evidence!)).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'MAIL', 'RCPT', 'RCPT', 'DATA']);
    const times = captures[3]!.evidence!.commandsSeen!.map(([after]) => after);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(sessions.map(({ messages, endedBy, scan }) => [messages, endedBy, scan])).toEqual(
      ways.map(() => [1, 'quit', undefined]),
    );
  });

  test('goes without a message when its peer has had its look', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const stops = ['CONNECT', 'FIRST-EHLO', 'TLS', 'MAIL', 'RCPT'] as const;
    for (const stop of stops) {
      const { code, said } = await swaks(sensor.port, '--quit-after', stop, ...(stop === 'TLS' ? ['--tls'] : []));
      expect(code, said).toBe(0);
    }
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toEqual([]);
    expect(sessions.map((session) => [verbsOf(session), session.scan, session.tls?.version])).toEqual([
      [['QUIT'], 'features', undefined],
      [['EHLO', 'QUIT'], 'features', undefined],
      [['EHLO', 'STARTTLS', 'QUIT'], 'features', 'TLSv1.3'],
      [['EHLO', 'MAIL', 'QUIT'], 'features', undefined],
      [['EHLO', 'MAIL', 'RCPT', 'RCPT', 'QUIT'], 'relayTest', undefined],
    ]);
  });

  test('says by the PROXY protocol for whom it comes, where it is trusted', async () => {
    const config = { relay: { proxies: ['127.0.0.1'], limits: { handshake: '1s' } } };
    const sensor = await Sensor.start({ dataDir: newDataDir(), config });
    const { smtp, smtps } = portsOf(sensor);
    const ends = '--proxy-source 192.0.2.7 --proxy-source-port 4711 --proxy-dest 198.51.100.25 --proxy-dest-port 25';
    const introduction = (family: string) => ['--proxy-family', family, ...ends.split(' ')];
    const ways = [
      [smtp, '--proxy-version', 1, ...introduction('TCP4')],
      [smtp, '--proxy-version', 2, ...introduction('AF_INET'), '--tls'],
      [smtps, '--proxy-version', 2, ...introduction('AF_INET'), '--tls-on-connect'],
    ] as const;
    for (const [port, ...words] of ways) {
      const { code, said } = await swaks(port, ...words);
      expect(code, said).toBe(0);
    }
    expect((await swaks(smtp)).code).not.toBe(0);
    const { captures, sessions } = await evidenceOf(sensor);
    const through = {
      peer: { address: '192.0.2.7', port: 4711 },
      local: { address: '198.51.100.25', port: 25 },
      proxy: { address: '127.0.0.1' },
    };
    expect(captures.map(({ evidence }) => evidence)).toMatchObject([through, through, through]);
    expect(sessions).toMatchObject([through, through, through]);
    expect(sensor.told('proxy.failed')).toMatchObject([{ peer: '127.0.0.1' }]);
  });

  test('gets nothing from what it says of a proxy where it is not trusted', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { relay: { proxies: ['192.0.2.0/24'] } } });
    const words = ['--proxy-family', 'TCP4', '--proxy-source', '192.0.2.7', '--proxy-source-port', 4711];
    const { said } = await swaks(sensor.port, ...words, '--proxy-dest', '198.51.100.25', '--proxy-dest-port', 25);
    expect(said).toMatch(/5\d\d 5\.5\.\d/);
    const { sessions } = await evidenceOf(sensor);
    for (const { peer: from, proxy } of sessions) expect([from.address, proxy]).toEqual(['127.0.0.1', undefined]);
    expect(verbsOf(sessions[0]!)[0]).toBe('PROXY');
  });
});

peer(
  'swaks',
  'libnet-ssleay-perl',
  'libauthen-sasl-perl',
  'libdigest-hmac-perl',
)('swaks logs in', () => {
  const mechanisms = ['PLAIN', 'LOGIN', 'CRAM-MD5'] as const;
  const user = 'großer@example.org';
  const password = 'pass wörd';

  test.each(mechanisms)('by %s, and what it gave is evidence', async (mechanism) => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const { code, said } = await swaks(sensor.port, '--auth', mechanism, ...login);
    expect(code, said).toBe(0);
    expect(said).toContain('235 2.7.0 Authentication successful');
    const { captures } = await evidenceOf(sensor);
    const [tried] = captures[0]!.evidence!.credentials!;
    expect(captures[0]!.evidence).toMatchObject({
      protocol: 'ESMTPA',
      credentials: [{ mechanism, user, accepted: true }],
    });
    if (mechanism === 'CRAM-MD5') {
      const digest = createHmac('md5', password).update(tried!.challenge!).digest('hex');
      expect(tried!.response).toBe(digest);
    } else {
      expect(tried!.password).toBe(password);
    }
    expect(sensor.told('login.tried')).toMatchObject([tried]);
  });

  test.each(mechanisms)('by %s in vain where nobody is let in', async (mechanism) => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { relay: { auth: { accept: 'none' } } } });
    const { code, said } = await swaks(sensor.port, '--auth', mechanism, ...login);
    expect(code).toBe(28);
    expect(said).toContain('535 5.7.8 Error: authentication failed');
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toEqual([]);
    expect(sessions).toMatchObject([{ scan: 'login', credentials: [{ mechanism, user, accepted: false }] }]);
  });

  test.each(mechanisms)('by %s as one of those that are listed, and as another', async (mechanism) => {
    const users = join(temporaryDirectory(), 'users');
    writeFileSync(users, `# who may\nsomebody:else\n${user}:${password}\n`);
    const config = { relay: { auth: { accept: 'listed', users } } };
    const sensor = await Sensor.start({ dataDir: newDataDir(), config });
    expect(await swaks(sensor.port, '--auth', mechanism, ...login)).toMatchObject({ code: 0 });
    const wrong = ['--auth', mechanism, '--auth-user', user, '--auth-password', 'else'];
    expect(await swaks(sensor.port, ...wrong)).toMatchObject({ code: 28 });
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toHaveLength(1);
    expect(sessions).toMatchObject([{ credentials: [{ accepted: true }] }, { credentials: [{ accepted: false }] }]);
    expect(sessions.map(({ scan }) => scan)).toEqual([undefined, 'login']);
  });

  test('only in TLS where nothing else is offered', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { relay: { auth: { offer: 'secure' } } } });
    expect((await swaks(sensor.port, '--auth', 'PLAIN', ...login)).code).toBe(28);
    expect(await swaks(sensor.port, '--auth', 'PLAIN', '--tls', ...login)).toMatchObject({ code: 0 });
    const { captures } = await evidenceOf(sensor);
    expect(captures).toMatchObject([{ evidence: { protocol: 'ESMTPSA', credentials: [{ user, password }] } }]);
  });

  test('after some failures, for which it tries one mechanism after the other', async () => {
    const config = { relay: { auth: { accept: 'after', failures: 2 } } };
    const sensor = await Sensor.start({ dataDir: newDataDir(), config });
    const { code, said } = await swaks(sensor.port, '--auth', 'PLAIN,LOGIN,CRAM-MD5', ...login);
    expect(code, said).toBe(0);
    const { captures } = await evidenceOf(sensor);
    const tried = captures[0]!.evidence!.credentials!;
    expect(tried.map(({ accepted }) => accepted)).toEqual([false, false, true]);
    expect(new Set(tried.map(({ mechanism }) => mechanism))).toEqual(new Set(mechanisms));
  });
});

peer('swaks')('swaks by LMTP', () => {
  test.each(['TCP', 'a Unix socket'])('brings a message over %s', async (over) => {
    const path = join(temporaryDirectory(), 'lmtp');
    const flags = over === 'TCP' ? [] : ['--socket', path];
    const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir(), flags });
    const letter = ['--from', envelope.from, '--to', envelope.to.join(','), '--data', '@-'];
    const place = over === 'TCP' ? ['--server', '127.0.0.1', '--port', sensor.port] : ['--socket', path];
    const words = [...place, '--protocol', 'LMTP', '--helo', 'swaks.example.test', ...letter];
    const { code, said } = await run('swaks', words, { input: content.trimEnd().replaceAll('\r\n', '\n') });
    expect(code, said).toBe(0);
    // One for each recipient.
    expect(said.match(/^<-\s+250 2\.0\.0 Ok: queued as /gm)).toHaveLength(2);
    const { captures } = await evidenceOf(sensor);
    expect((await rawMessage(sensor, captures[0]!.id)).toString('utf8')).toBe(content);
    expect(captures).toMatchObject([
      {
        intake: 'lmtp',
        envelope,
        evidence: { protocol: 'LMTP', peer: { address: over === 'TCP' ? '127.0.0.1' : 'local' } },
      },
    ]);
  });
});
