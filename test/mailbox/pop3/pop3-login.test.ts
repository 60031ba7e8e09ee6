import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../src/lib/mailbox/access.ts';
import { openPop3 } from '../../../src/lib/mailbox/pop3/pop3-session.ts';
import { selfSigned } from '../../../src/lib/tls/self-signed.ts';
import { ScriptedServer, type Turn } from '../../support/scripted-server.ts';
import { accessTo, login, logIntoScript, loginTo } from './scene.ts';

const never = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const token = (text: string) => ({ credentials: async (): Promise<Credentials> => ({ kind: 'token', token: text }) });
const anyCertificate = { tls: { verify: false } };

function offering(...lines: readonly string[]): readonly Turn[] {
  return ['C: CAPA', 'S: +OK', ...lines.map((line) => `S: ${line}` as const), 'S: .'];
}

describe('a login', () => {
  it('goes by USER and PASS, and tells what the server offers afterwards', async () => {
    const { server, session } = await logIntoScript(loginTo('UIDL', 'EXPIRE never'));
    await server.played;
    expect(session.features).toEqual({
      push: false,
      actsAtEnd: true,
      actions: ['delete'],
      lacks: { seen: 'POP3 has no flags', flag: 'POP3 has no flags', move: 'POP3 has no folders' },
      capabilities: ['UIDL', 'EXPIRE never'],
    });
    expect(session.peer).toEqual({ address: '127.0.0.1', port: server.port });
    expect(session.tls).toBeUndefined();
    expect(session.usable).toBe(true);
  });

  it('shows no capabilities of a server that names none', async () => {
    const { session } = await logIntoScript([...login, 'C: CAPA', 'S: -ERR']);
    expect(session.features.capabilities).toEqual([]);
  });

  it('goes by AUTH PLAIN where the server offers it and not USER', async () => {
    const auth = `AUTH PLAIN ${base64('\0trap\0secret')}` as const;
    const offer = offering('SASL CRAM-MD5 PLAIN');
    const { server } = await logIntoScript(['S: +OK', ...offer, `C: ${auth}`, 'S: +OK', ...offer]);
    await server.played;
  });

  it('goes by USER where the server says nothing of it', async () => {
    const offer = offering('UIDL');
    const words: readonly Turn[] = ['C: USER trap', 'S: +OK', 'C: PASS secret', 'S: +OK'];
    const { server } = await logIntoScript(['S: +OK', ...offer, ...words, ...offer]);
    await server.played;
  });

  it('goes by OAUTHBEARER with a token', async () => {
    const offer = offering('SASL XOAUTH2 OAUTHBEARER');
    const server = await ScriptedServer.start(['S: +OK', ...offer]);
    const opening = openPop3(accessTo(server.port, token('abc')), never);
    const lost = expect(opening).rejects.toThrow();
    await server.played;
    await expect.poll(() => server.heard.at(-1)).toMatch(/^AUTH OAUTHBEARER /);
    const said = Buffer.from(server.heard.at(-1)!.split(' ')[2]!, 'base64').toString();
    expect(said).toBe(`n,a=trap,\x01host=127.0.0.1\x01port=${server.port}\x01auth=Bearer abc\x01\x01`);
    server.hangUp();
    await lost;
  });

  it('sends what is too long for the command when the server asks for it', async () => {
    const long = 'x'.repeat(300);
    const offer = offering('SASL XOAUTH2');
    const answer = `C: ${base64(`user=trap\x01auth=Bearer ${long}\x01\x01`)}` as const;
    const turns: readonly Turn[] = ['S: +OK', ...offer, 'C: AUTH XOAUTH2', 'S: + ', answer, 'S: +OK', ...offer];
    const { server } = await logIntoScript(turns, { settings: token(long) });
    await server.played;
  });
});

describe('a refused token', () => {
  const error = base64('{"status":"invalid_token"}');

  it('is told with the words of the server', async () => {
    const auth = `AUTH XOAUTH2 ${base64('user=trap\x01auth=Bearer abc\x01\x01')}` as const;
    const turns: readonly Turn[] = ['S: +OK', ...offering('SASL XOAUTH2'), `C: ${auth}`, `S: + ${error}`];
    const server = await ScriptedServer.start([...turns, 'C: ', 'S: -ERR [AUTH] Bad token']);
    await expect(openPop3(accessTo(server.port, token('abc')), never)).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('Bad token ({"status":"invalid_token"})'),
    });
  });

  it('is no login, however often the server asks', async () => {
    const auth = `AUTH XOAUTH2 ${base64('user=trap\x01auth=Bearer abc\x01\x01')}` as const;
    const turns: readonly Turn[] = ['S: +OK', ...offering('SASL XOAUTH2'), `C: ${auth}`, `S: + ${error}`];
    const server = await ScriptedServer.start([...turns, 'C: ', `S: + ${error}`, `S: + ${error}`, `S: + ${error}`]);
    await expect(openPop3(accessTo(server.port, token('abc')), never)).rejects.toMatchObject({ kind: 'protocol' });
  });

  it('is not sent to a server that takes none', async () => {
    const server = await ScriptedServer.start(['S: +OK', ...offering('USER', 'SASL PLAIN')]);
    await expect(openPop3(accessTo(server.port, token('abc')), never)).rejects.toMatchObject({ kind: 'refused' });
    await server.closed;
    expect(server.heard).toEqual(['CAPA']);
  });
});

describe('credentials', () => {
  it.each([
    ['trap\r\nDELE 1', 'secret'],
    ['trap', 'secret\nDELE 1'],
    ['trap', 'sec\0ret'],
  ])('like %j and %j are refused before anything is sent', async (username, password) => {
    const server = await ScriptedServer.start(['S: +OK']);
    const credentials = async (): Promise<Credentials> => ({ kind: 'password', password });
    const access = accessTo(server.port, { username, credentials });
    await expect(openPop3(access, never)).rejects.toMatchObject({ kind: 'credentials' });
    expect(server.isVisited).toBe(false);
  });
});

describe('a server that does not let us in', () => {
  it.each([
    ['-ERR [AUTH] no', 'credentials'],
    ['-ERR invalid password', 'credentials'],
    ['-ERR [IN-USE] another session', 'throttled'],
    ['-ERR [LOGIN-DELAY] wait', 'throttled'],
    ['-ERR [SYS/TEMP] disk', 'throttled'],
    ['-ERR too many connections', 'throttled'],
    ['-ERR please try again', 'throttled'],
    ['-ERR mailbox is locked', 'throttled'],
    ['-ERR temporary failure', 'throttled'],
    ['-ERR [SYS/PERM] closed for good', 'refused'],
  ] as const)('and says %j to PASS means "%s"', async (said, kind) => {
    const server = await ScriptedServer.start([...login.slice(0, -1), `S: ${said}`]);
    const words = expect.stringContaining(said.replace(/^-ERR (?:\[.*\] )?/, ''));
    await expect(openPop3(accessTo(server.port), never)).rejects.toMatchObject({ kind, message: words });
    await server.closed;
  });

  it('sees no password when it does not take the name', async () => {
    const server = await ScriptedServer.start([...login.slice(0, 4), 'S: -ERR not without TLS']);
    await expect(openPop3(accessTo(server.port), never)).rejects.toMatchObject({ kind: 'credentials' });
    await server.closed;
    expect(server.heard).toEqual(['CAPA', 'USER trap']);
  });

  it.each([
    ['S: -ERR closed today', 'refused'],
    ['S: -ERR too many connections', 'throttled'],
    ['S: * OK IMAP4rev1', 'protocol'],
    ['end', 'lost'],
  ] as const)('and greets with %j means "%s"', async (turn, kind) => {
    const server = await ScriptedServer.start([turn]);
    await expect(openPop3(accessTo(server.port), never)).rejects.toMatchObject({ name: 'MailboxFault', kind });
    await server.closed;
  });

  it('and breaks off in the middle means "lost"', async () => {
    const server = await ScriptedServer.start(['S: +OK', 'C: CAPA', 'reset']);
    await expect(openPop3(accessTo(server.port), never)).rejects.toMatchObject({ kind: 'lost' });
  });

  it('and does not greet has the time of the connection', async () => {
    const server = await ScriptedServer.start([]);
    const access = accessTo(server.port, { connectMs: 100 });
    await expect(openPop3(access, never)).rejects.toMatchObject({ kind: 'timeout' });
    await server.closed;
  });

  it('and falls silent has its own time', async () => {
    const server = await ScriptedServer.start(['S: +OK', 'C: CAPA', 'S: +OK', 'S: USER']);
    const access = accessTo(server.port, { silenceMs: 100 });
    await expect(openPop3(access, never)).rejects.toMatchObject({ kind: 'timeout' });
    await server.closed;
  });

  it('and is not there means "connect"', async () => {
    const server = await ScriptedServer.start([]);
    const { port } = server;
    await server.stop();
    await expect(openPop3(accessTo(port), never)).rejects.toMatchObject({ kind: 'connect' });
  });

  it('is left at the signal', async () => {
    const server = await ScriptedServer.start(['S: +OK', 'C: CAPA']);
    const stop = new AbortController();
    const opening = openPop3(accessTo(server.port), stop.signal);
    await server.played;
    stop.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await server.closed;
  });
});

describe('TLS', () => {
  const host = 'mail.example.test';

  it('is taken up before the login, and what is offered is asked again', async () => {
    const tls = await selfSigned(host, Date.now());
    const turns: readonly Turn[] = ['S: +OK', ...offering('STLS'), 'C: STLS', 'S: +OK', 'startTls'];
    const inside = [...offering('USER'), ...login.slice(3), ...offering('TOP')];
    const settings = { security: 'starttls', tls: { ca: tls.cert, serverName: host } } as const;
    const { server, session } = await logIntoScript([...turns, ...inside], { tls, settings });
    await server.played;
    expect(session.tls).toEqual({ version: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) });
    expect(session.features.capabilities).toEqual(['TOP']);
  });

  it('is spoken from the first byte', async () => {
    const tls = await selfSigned(host, Date.now());
    const settings = { security: 'implicit', ...anyCertificate } as const;
    const { server, session } = await logIntoScript(['startTls', ...loginTo()], { tls, settings });
    await server.played;
    expect(session.tls).toBeDefined();
  });

  it('is not taken up with a certificate that nobody vouches for', async () => {
    const tls = await selfSigned(host, Date.now());
    const turns: readonly Turn[] = ['S: +OK', ...offering('STLS'), 'C: STLS', 'S: +OK', 'startTls'];
    const server = await ScriptedServer.start(turns, { tls });
    const access = accessTo(server.port, { security: 'starttls' });
    await expect(openPop3(access, never)).rejects.toMatchObject({ kind: 'tls' });
    await server.closed;
    expect(server.heard).toEqual(['CAPA', 'STLS']);
  });

  it.each([
    ['is not offered', offering('USER'), ['CAPA']],
    ['is refused', [...offering('STLS'), 'C: STLS', 'S: -ERR not now'], ['CAPA', 'STLS']],
    // What comes with the reply was sent by somebody who cannot speak in TLS.
    [
      'is preceded by what somebody put in',
      [...offering('STLS'), 'C: STLS', Buffer.from('+OK\r\n+OK\r\n+OK\r\n')],
      ['CAPA', 'STLS'],
    ],
  ] as const)('that %s ends it before anybody logs in', async (_, turns, heard) => {
    const tls = await selfSigned(host, Date.now());
    const server = await ScriptedServer.start(['S: +OK', ...turns], { tls });
    const access = accessTo(server.port, { security: 'starttls', ...anyCertificate });
    await expect(openPop3(access, never)).rejects.toMatchObject({ kind: 'tls' });
    await server.closed;
    expect(server.heard).toEqual(heard);
  });
});
