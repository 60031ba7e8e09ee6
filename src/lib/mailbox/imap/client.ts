import type { TLSSocket } from 'node:tls';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { plainFingerprint } from '../../net/dial.ts';
import type { Credentials, MailboxAccess } from '../access.ts';
import { MailboxFault } from '../mailbox-fault.ts';

/** Beside a message: what the server may say in one response, such as all numbers that a search has found. */
const roomForAnswers = 64 * 2 ** 20;

/** A client of imapflow, set up so that none of its defaults can surprise. It can be connected once. */
export function createClient(access: MailboxAccess, credentials: Credentials): ImapFlow {
  const client = new ImapFlow(optionsFor(access, credentials));
  checkBeforeLogin(client, access.tls.pins ?? []);
  return client;
}

function optionsFor(access: MailboxAccess, credentials: Credentials): ImapFlowOptions {
  const { host, port, security, tls, username: user, proxy, connectMs, silenceMs, idleMs, longest } = access;
  return {
    host,
    port,
    secure: security === 'implicit',
    // Left alone it takes STARTTLS when it is offered, and goes on in clear when somebody in between took the offer out.
    ...(security !== 'implicit' && { doSTARTTLS: security === 'starttls' }),
    auth:
      credentials.kind === 'token' ? { user, accessToken: credentials.token } : { user, pass: credentials.password },
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    tls: {
      ...(tls.ca !== undefined && { ca: tls.ca }),
      // A pinned certificate is judged before the login; nobody else has to vouch for it.
      rejectUnauthorized: tls.verify !== false && !tls.pins?.length,
    },
    ...(proxy !== undefined && { proxy }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    // Without it a server that drops IDLE in silence is never noticed.
    maxIdleTime: idleMs,
    // IDLE is begun when there is nothing else to do, not by a timer.
    disableAutoIdle: true,
    logger: false,
    // BINARY could hand us decoded bytes, and those would not be the evidence.
    disableBinary: true,
    maxLiteralSize: Math.max(longest, 2 ** 20) + 1,
    maxLineLength: roomForAnswers,
    maxResponseSize: longest + roomForAnswers,
    clientInfo: { name: 'spamtrap' },
  };
}

/** What imapflow does not show to those who use it. The tests of pins and of silence notice when it is no longer so. */
interface Innards {
  socket: TLSSocket;
  authenticate(): Promise<boolean>;
}

/**
 * Ends the connection when the server does not answer the sign of life that imapflow asks for. imapflow itself waits
 * without end for a server that has not confirmed IDLE: it cannot ask for a sign of life before that.
 */
export function endWhenSilent(client: ImapFlow, silenceMs: number): void {
  const { socket } = client as unknown as Innards;
  let seen = -1;
  // Each is a whole time of silence; the first one makes imapflow ask.
  socket.on('timeout', () => {
    if (socket.bytesRead === seen) {
      return void socket.destroy(Object.assign(new Error('the server is silent'), { code: 'ETIMEDOUT' }));
    }
    seen = socket.bytesRead;
    // Without anything written there would be no second time.
    socket.setTimeout(silenceMs);
  });
}

/**
 * The last moment before the password goes. Node.js can check a pin only on a certificate that somebody vouches for, so
 * it is checked here.
 */
function checkBeforeLogin(client: ImapFlow, pins: readonly string[]): void {
  const known = new Set(pins.map(plainFingerprint));
  const inner = client as unknown as Innards;
  const authenticate = inner.authenticate.bind(client);
  inner.authenticate = async () => {
    // Who says in its greeting that we are logged in already would have us collect somebody else's mail.
    if (client.state !== client.states.NOT_AUTHENTICATED) {
      throw new MailboxFault('protocol', 'the server lets in whoever comes');
    }
    if (known.size === 0) return authenticate();
    const fingerprint = inner.socket.getPeerCertificate().fingerprint256;
    if (fingerprint !== undefined && known.has(plainFingerprint(fingerprint))) return authenticate();
    throw new MailboxFault(
      'tls',
      `the certificate of the server is none of those that are pinned: it is ${fingerprint ?? 'not to be had'}`,
    );
  };
}
