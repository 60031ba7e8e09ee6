import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ChaosProxy } from '../support/chaos-proxy.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { LineClient } from '../support/line-client.ts';
import { startMailDovecot } from '../support/mail-dovecot.ts';
import { peer } from '../support/peers.ts';
import type { ServerCertificate } from '../support/server-certificate.ts';
import { letter, letters } from '../support/trap-letters.ts';

// The servers that the tests of the collector are held against do what those tests take for granted.

const dovecot = canStartDovecot ? peer('dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd') : () => undefined;

dovecot('Dovecot', () => {
  test('shows a message by IMAP, and logs what became of it', async () => {
    const server = await startMailDovecot({ users: ['trap'], compress: true });
    const messages = letters('filled', 2);
    server.fill('trap', 'INBOX', messages);
    const client = await imapLogin(server.ports.imaps, 'trap', server.password, server.certificate);
    expect(await tagged(client, 'LIST "" "*"')).toMatch(/\\Junk\) "\." Junk\r\n/);
    expect(await tagged(client, 'CAPABILITY')).toContain('COMPRESS=DEFLATE');
    expect(await fetched(client)).toContain(messages[0]!.toString('latin1'));
    await tagged(client, String.raw`STORE 1 +FLAGS (\Seen)`);
    await tagged(client, 'COPY 1 Archive');
    await tagged(client, String.raw`STORE 1 +FLAGS (\Deleted)`);
    await tagged(client, 'EXPUNGE');
    client.close();
    await server.deliver('trap', letter('delivered'), 'Junk');
    await server.stop();
    const done = server.mailLog().map(({ event, box, uid, msgid }) => ({ event, box, uid, msgid }));
    const first = { box: 'INBOX', uid: 1, msgid: '<filled-0@example.org>' };
    expect(done).toEqual(
      expect.arrayContaining([
        { event: 'flag_change', ...first },
        { event: 'copy', ...first, box: 'Archive' },
        { event: 'delete', ...first },
        { event: 'expunge', ...first },
        { event: 'save', box: 'Junk', uid: 1, msgid: '<delivered@example.org>' },
      ]),
    );
  });

  test('takes no password in clear unless it is told to, none that is wrong, and a token', async () => {
    const server = await startMailDovecot({ users: ['trap'], tokens: { 'good-token': 'trap' } });
    const clear = await LineClient.connect(server.ports.imap);
    await clear.hears(/^\* OK .*\r\n/);
    expect(await clear.say('a LOGIN trap secret', /^a .*\r\n/m)).toContain('[PRIVACYREQUIRED]');
    await clear.say('b STARTTLS', /^b OK .*\r\n/m);
    await clear.startTls(server.certificate);
    expect(await clear.say('c LOGIN trap wrong', /^c .*\r\n/m)).toContain('[AUTHENTICATIONFAILED]');
    expect(await clear.say('d LOGIN nobody secret', /^d .*\r\n/m)).toContain('[AUTHENTICATIONFAILED]');
    const bearer = (token: string) => btoa(`user=trap\u0001auth=Bearer ${token}\u0001\u0001`);
    await clear.say(`e AUTHENTICATE XOAUTH2 ${bearer('bad-token')}`, /^\+ .*\r\n/m);
    expect(await clear.say('', /^e .*\r\n/m)).toContain('e NO');
    expect(await clear.say(`f AUTHENTICATE XOAUTH2 ${bearer('good-token')}`, /^f .*\r\n/m)).toContain('f OK');
    clear.close();
    const lax = await startMailDovecot({ users: ['trap'], clear: true });
    const taken = await LineClient.connect(lax.ports.imap);
    expect(await taken.say('a LOGIN trap secret', /^a .*\r\n/m)).toContain('a OK');
    taken.close();
  });

  test('speaks POP3, with TLS from the start or from STLS on', async () => {
    const server = await startMailDovecot({ users: ['trap'] });
    const message = letter('popped');
    server.fill('trap', 'INBOX', [message]);
    await popped(server.ports.pop3s, 'trap', server.password, server.certificate, message);
    const client = await LineClient.connect(server.ports.pop3);
    await client.hears(/^\+OK .*\r\n/);
    await client.say('STLS', /^\+OK .*\r\n/);
    await client.startTls(server.certificate);
    expect(await client.say('USER trap', /^.*\r\n/)).toContain('+OK');
    client.close();
  });

  test('keeps its mail when it is started again or killed, and numbers it anew', async () => {
    const server = await startMailDovecot({ users: ['trap'] });
    server.fill('trap', 'INBOX', letters('kept', 3));
    server.fill('trap', 'Junk', letters('seen', 1), ['S']);
    expect(server.messages('trap').map(({ uid }) => uid)).toEqual([1, 2, 3]);
    server.admin('expunge', '-u', 'trap', 'mailbox', 'INBOX', 'uid', '1');
    const before = server.uidValidity('trap');
    await server.restart();
    expect(server.messages('trap').map(({ uid }) => uid)).toEqual([2, 3]);
    server.renumber('trap');
    expect(server.messages('trap').map(({ uid }) => uid)).toEqual([1, 2]);
    expect(server.uidValidity('trap')).not.toBe(before);
    await server.kill();
    await server.restart();
    const client = await imapLogin(server.ports.imaps, 'trap', server.password, server.certificate);
    client.close();
    await server.logged('Login: user=<trap>');
    expect(server.messages('trap', 'Junk')[0]!.flags).toContain(String.raw`\Seen`);
  });
});

describe('the chaos proxy', () => {
  test('passes what both say', async () => {
    const { client } = await throughProxy();
    client.write('hello');
    expect(await received(client, 5)).toBe('hello');
  });

  test('takes its time each way, and passes as much', async () => {
    const { proxy, client } = await throughProxy();
    proxy.latency(60);
    const began = performance.now();
    for (let count = 0; count < 10; count++) {
      client.write('0123456789');
      await after(1);
    }
    expect(await received(client, 100)).toHaveLength(100);
    const took = performance.now() - began;
    expect(took).toBeGreaterThanOrEqual(119);
    // One after the other they would take 1200.
    expect(took).toBeLessThan(1_000);
  });

  test('slices', async () => {
    const { proxy, client } = await throughProxy();
    proxy.slices(3);
    const sizes: number[] = [];
    client.on('data', (chunk: Buffer) => sizes.push(chunk.length));
    client.write('0123456789');
    await expect.poll(() => sizes.reduce((sum, size) => sum + size, 0)).toBe(10);
    expect(sizes.length).toBeGreaterThan(1);
  });

  test('is a dead peer until it comes back', async () => {
    const { proxy, client } = await throughProxy();
    proxy.blackhole();
    const later = received(client, 5);
    client.write('hello');
    expect(await Promise.race([later, after(100, 'nothing')])).toBe('nothing');
    expect(client.readyState).toBe('open');
    expect(proxy.open).toBe(1);
    proxy.pass();
    expect(await later).toBe('hello');
  });

  test.each(['fin', 'rst'] as const)('cuts each new connection after so many bytes by a %s', async (how) => {
    const { proxy, client } = await throughProxy();
    proxy.cutAfter(7, how);
    client.write('0123456789');
    expect(await received(client, 10)).toBe('0123456789');
    const next = connectTo(proxy.port);
    next.write('0123456789');
    expect(await untilEnd(next)).toEqual({ text: '0123456', how });
    expect(proxy).toMatchObject({ connections: 2, cuts: 1 });
  });

  test.each(['fin', 'rst'] as const)('cuts after something was said by a %s, however it is cut up', async (how) => {
    const { proxy, client } = await throughProxy();
    proxy.slices(1);
    client.write('* 1 FETCH (BODY[] ');
    await received(client, 18);
    proxy.cutWhen('{10}\r\n', 4, how);
    const end = untilEnd(client);
    client.write('{1');
    await after(10);
    client.write('0}\r\n01');
    await after(10);
    client.write('23456789)\r\n');
    expect(await end).toEqual({ text: '{10}\r\n0123', how });
  });

  test('refuses', async () => {
    const { proxy } = await throughProxy();
    proxy.refuse();
    expect((await untilEnd(connectTo(proxy.port))).text).toBe('');
    expect(proxy.connections).toBe(2);
  });

  test('keeps a client whose server has gone', async () => {
    const { proxy, client, server } = await throughProxy();
    client.write('hello');
    await received(client, 5);
    proxy.halfOpen();
    await server.closed;
    client.write('hello?');
    expect(await Promise.race([received(client, 1), after(100, 'nothing')])).toBe('nothing');
    expect(client.readyState).toBe('open');
  });

  test('cuts all, and closes', async () => {
    const { proxy, client } = await throughProxy();
    client.write('hello');
    await received(client, 5);
    const end = untilEnd(client);
    proxy.cutAll('rst');
    expect((await end).how).toBe('rst');
    await proxy.until(({ open }) => open === 0);
    await proxy.close();
  });
});

/** A proxy before a server that says what it hears, and a client of it. */
async function throughProxy(): Promise<{ proxy: ChaosProxy; client: Socket; server: { closed: Promise<void> } }> {
  const gone = Promise.withResolvers<void>();
  const echo = createServer((socket) => {
    socket.on('error', () => undefined).on('close', () => gone.resolve());
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  onTestFinished(() => void echo.close());
  const proxy = await ChaosProxy.start((echo.address() as AddressInfo).port, onTestFinished);
  const client = connectTo(proxy.port);
  await proxy.until(({ connections }) => connections === 1);
  return { proxy, client, server: { closed: gone.promise } };
}

function connectTo(port: number): Socket {
  const client = connect({ port, host: '127.0.0.1', noDelay: true });
  onTestFinished(() => void client.destroy());
  return client;
}

async function received(client: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) text += String(((await once(client, 'data')) as [Buffer])[0]);
  return text;
}

async function untilEnd(client: Socket): Promise<{ text: string; how: 'fin' | 'rst' }> {
  let text = '';
  let how: 'fin' | 'rst' = 'fin';
  client.on('data', (chunk: Buffer) => (text += chunk.toString()));
  client.on('error', () => (how = 'rst'));
  client.on('end', () => client.end());
  await new Promise<void>((resolve) => client.once('close', () => resolve()));
  return { text, how };
}

async function imapLogin(
  port: number,
  user: string,
  password: string,
  certificate: ServerCertificate,
): Promise<LineClient> {
  const client = await LineClient.connect(port, certificate);
  await client.hears(/^\* OK .*\r\n/);
  await tagged(client, `LOGIN ${user} ${password}`);
  return client;
}

/** Anything but OK throws. */
async function tagged(client: LineClient, command: string): Promise<string> {
  const answer = await client.say(`t ${command}`, /^t (?:OK|NO|BAD) .*\r\n/m);
  if (!/^t OK /m.test(answer)) throw new Error(answer);
  return answer;
}

async function fetched(client: LineClient, folder = 'INBOX'): Promise<string> {
  await tagged(client, `SELECT ${folder}`);
  return await tagged(client, 'FETCH 1 BODY.PEEK[]');
}

async function popped(
  port: number,
  user: string,
  password: string,
  certificate: ServerCertificate,
  message: Buffer,
): Promise<void> {
  const client = await LineClient.connect(port, certificate);
  await client.hears(/^\+OK .*\r\n/);
  await client.say(`USER ${user}`, /^\+OK.*\r\n/);
  await client.say(`PASS ${password}`, /^\+OK.*\r\n/);
  expect(await client.say('RETR 1', /\r\n\.\r\n/)).toContain(message.toString('latin1'));
  client.close();
}
