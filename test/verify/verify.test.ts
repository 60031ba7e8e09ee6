import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { spamtrap } from '../mail/spamtrap.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { mailPassword, MailServer } from '../support/mail-server.ts';
import { peer } from '../support/peers.ts';
import { letters } from '../support/trap-letters.ts';

interface Step {
  readonly step: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
  readonly fix?: string;
}

async function verify(words: readonly string[], input = mailPassword) {
  const { stdout, code } = await spamtrap.fed(['verify', ...words, '--json'], input);
  const steps = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Step);
  const failed = steps.filter(({ state }) => state === 'failed');
  return { code, steps, failed, state: (step: string) => steps.find((each) => each.step === step)?.state };
}

const user = ['--user', 'trap', '--password-stdin'];

peer(
  'dovecot-imapd',
  'dovecot-pop3d',
  'dovecot-lmtpd',
)('a look at a mail server from outside', () => {
  it.runIf(canStartDovecot)('finds IMAP well, and leaves nothing behind', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('there', 3));
    const { code, failed, steps } = await verify(['imap', `localhost:${server.imaps}`, '--ca', server.cert, ...user]);
    expect(failed).toEqual([]);
    expect(code).toBe(0);
    expect(steps.map(({ step }) => step)).toEqual([
      'resolve',
      'connect',
      'TLS',
      'certificate',
      'log in',
      'folders',
      'a message there and back',
    ]);
    expect(steps[3]!.detail).toMatch(/the certificate is for localhost, itself vouches for it until/);
    expect(server.flags('trap')).toHaveLength(3);
  });

  it.runIf(canStartDovecot)('finds POP3 well over STARTTLS and TLS', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('there', 2));
    const hosts = [
      [`localhost:${server.pop3}`, '--tls', 'starttls'],
      [`localhost:${server.pop3s}`, '--tls', 'implicit'],
    ];
    for (const words of hosts) {
      const { code, steps } = await verify(['pop3', ...words, '--ca', server.cert, ...user]);
      expect(code).toBe(0);
      expect(steps.find(({ step }) => step === 'list')?.detail).toBe('there are 2 messages');
    }
    expect(server.flags('trap')).toHaveLength(2);
  });

  it.runIf(canStartDovecot)('says which step fails, and what to do', async () => {
    const server = await MailServer.start();
    const place = `localhost:${server.imaps}`;
    const wrong = await verify(['imap', place, '--ca', server.cert, ...user], 'wrong');
    expect(wrong.failed).toMatchObject([{ step: 'log in', fix: expect.stringContaining('doveadm auth test') }]);
    expect(wrong.state('folders')).toBe('skipped');
    expect(wrong.code).toBe(1);
    const unknown = await verify(['imap', place, ...user]);
    expect(unknown.failed).toMatchObject([{ step: 'TLS', fix: expect.stringContaining('CA') }]);
    expect(unknown.state('log in')).toBe('skipped');
    const nobody = await verify(['imap', 'localhost:1', ...user]);
    expect(nobody.failed).toMatchObject([{ step: 'connect' }]);
  });

  it.runIf(canStartDovecot)('tries no more than the way to the server without a password', async () => {
    const server = await MailServer.start();
    const { code, steps } = await verify(['imap', `localhost:${server.imaps}`, '--ca', server.cert]);
    expect(code).toBe(0);
    expect(steps.at(-1)).toMatchObject({ step: 'log in', state: 'skipped' });
  });

  it.runIf(canStartDovecot)('says with 3 that some of several are well', async () => {
    const server = await MailServer.start();
    const places = [`localhost:${server.imaps}`, 'localhost:1'];
    expect((await verify(['imap', ...places, '--ca', server.cert, ...user])).code).toBe(3);
  });
});

async function smtpServer(options: ConstructorParameters<typeof SMTPServer>[0]): Promise<number> {
  const server = new SMTPServer({ disabledCommands: ['AUTH'], hideSTARTTLS: true, ...options });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => server.close());
  return (server.server.address() as AddressInfo).port;
}

describe('a look at an SMTP server from outside', () => {
  it('finds an open relay', async () => {
    const port = await smtpServer({});
    const { code, failed } = await verify(['smtp', `127.0.0.1:${port}`, '--tls', 'none']);
    expect(failed).toMatchObject([
      { step: 'no relay for strangers', fix: expect.stringContaining('reject_unauth_destination') },
    ]);
    expect(code).toBe(1);
  });

  it('sends a message where one is wanted, and only there', async () => {
    const taken: string[] = [];
    const port = await smtpServer({
      onRcptTo({ address }, _, callback) {
        callback(address.endsWith('@example.org') ? null : new Error('Relay access denied'));
      },
      onData(stream, session, callback) {
        stream.resume().on('end', () => {
          taken.push(session.envelope.rcptTo.map(({ address }) => address).join(','));
          callback(null);
        });
      },
    });
    const without = await verify(['smtp', `127.0.0.1:${port}`, '--tls', 'none']);
    expect(without.code).toBe(0);
    expect(without.state('MAIL, RCPT, DATA')).toBe('skipped');
    expect((await verify(['smtp', `127.0.0.1:${port}`, '--tls', 'none', '--to', 'adam@example.org'])).code).toBe(0);
    expect(taken).toEqual(['adam@example.org']);
  });

  it('sends no password without TLS', async () => {
    const port = await smtpServer({ disabledCommands: [], authOptional: true, allowInsecureAuth: true });
    const words = ['smtp', `127.0.0.1:${port}`, '--tls', 'none', ...user];
    expect((await verify(words)).state('AUTH')).toBe('skipped');
  });

  it.each([
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
    ['hangs up', (socket: Socket) => socket.end()],
    ['speaks something else', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['resets after its greeting', (socket: Socket) => socket.write('220 hello\r\n', () => socket.resetAndDestroy())],
  ])('says which step fails when it %s', async (_, deed) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      deed(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { code, failed } = await verify(['smtp', `127.0.0.1:${port}`, '--tls', 'none']);
    expect(code).toBe(1);
    expect(failed).toMatchObject([{ step: expect.stringMatching(/^(?:connect|EHLO)$/) }]);
  });

  it('notices that STARTTLS is not offered', async () => {
    const port = await smtpServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    expect((await verify(['smtp', `127.0.0.1:${port}`])).failed).toMatchObject([{ step: 'TLS' }]);
  });

  it.each([
    ['smtp', '127.0.0.1', '--to', 'adam@example.org> SIZE=1'],
    ['smtp', '127.0.0.1', '--to', 'adam\r\nDATA@example.org'],
    ['imap', 'host name', '--user', 'x'],
    ['imap', '127.0.0.1', '--port', '0'],
    ['imap', '127.0.0.1', '--user', 'x'],
    ['pop3', '127.0.0.1', '--ca', '/nowhere'],
  ])('is not begun with %s %s %s %j', async (...words) => {
    expect((await verify(words)).code).toBe(2);
  });
});
