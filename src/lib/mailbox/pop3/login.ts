import { printable } from '../../text/printable.ts';
import type { Credentials, MailboxAccess } from '../access.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import { saslStart, type SaslStart } from '../sasl.ts';
import { loginTrouble, throttleTime } from '../server-words.ts';
import { askCapabilities, type Pop3Capabilities } from './capabilities.ts';
import type { Pop3Connection } from './pop3-connection.ts';
import type { Status } from './reply-reader.ts';

/** RFC 5034, section 4: with its line end, AUTH has 255 bytes. A longer response is sent when it is asked for. */
const longestAuth = 253;
/** What a server writes about a token that it does not take is shown up to here. */
const mostWhy = 300;

/** Throws when there is something in them that would be another command or another field. */
export function checkSendable(username: string, credentials: Credentials): void {
  const secret = credentials.kind === 'password' ? credentials.password : credentials.token;
  const unsendable = credentials.kind === 'password' ? /[\r\n\0]/ : /[\0-\x1f]/;
  if (!unsendable.test(username + secret)) return;
  throw new MailboxFault('credentials', `username or ${credentials.kind} have a control character within them`);
}

/** From the greeting to the login. Resolves with what the server offers afterwards. */
export async function logIn(
  connection: Pop3Connection,
  access: MailboxAccess,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Pop3Capabilities> {
  const greeting = await connection.greeting();
  if (!greeting.ok) throw refusedGreeting(greeting);
  let capabilities = await askCapabilities(connection);
  if (access.security === 'starttls') {
    if (!capabilities.has('STLS')) throw new MailboxFault('tls', 'the server does not offer STLS');
    const { ok, text } = await connection.command('STLS');
    if (!ok) throw new MailboxFault('tls', `the server refuses STLS: ${printable(text)}`);
    await connection.startTls(signal);
    // What was offered in clear, anybody may have offered.
    capabilities = await askCapabilities(connection);
  }
  await authenticate(connection, access, credentials, capabilities);
  return askCapabilities(connection);
}

async function authenticate(
  connection: Pop3Connection,
  access: MailboxAccess,
  credentials: Credentials,
  capabilities: Pop3Capabilities,
): Promise<void> {
  const { mechanisms } = capabilities;
  // Not every server that takes USER says so, and one that does not refuses it before it has seen the password.
  if (credentials.kind === 'password' && (capabilities.has('USER') || !mechanisms.has('PLAIN'))) {
    const known = await connection.command(`USER ${access.username}`);
    if (!known.ok) throw refusedLogin(known);
    const entry = await connection.command(`PASS ${credentials.password}`);
    if (!entry.ok) throw refusedLogin(entry);
    return;
  }
  const start = saslStart(access.username, credentials, mechanisms, access);
  if (start === undefined) {
    const offered = [...mechanisms].map(printable).join(', ') || 'none';
    throw new MailboxFault(
      'refused',
      `the server offers no way to log in with a ${credentials.kind} (SASL: ${offered})`,
    );
  }
  await exchange(connection, start);
}

async function exchange(connection: Pop3Connection, { mechanism, initial }: SaslStart): Promise<void> {
  const whole = `AUTH ${mechanism} ${initial}`;
  const isWhole = whole.length <= longestAuth;
  connection.send(isWhole ? whole : `AUTH ${mechanism}`, 'exchange');
  let reply = await connection.answer();
  // Some servers ask even for what they were told.
  if (reply.kind === 'question' && (!isWhole || reply.text === '')) {
    connection.sendMore(initial);
    reply = await connection.answer();
  }
  if (reply.kind === 'status') {
    if (reply.ok) return;
    throw refusedLogin(reply);
  }
  // Why a token was refused comes as a question; the refusal itself only after an answer (RFC 7628, 3.2.3).
  const why = printable(Buffer.from(reply.text, 'base64').toString('utf8').slice(0, mostWhy));
  connection.sendMore(errorAnswer[mechanism]);
  const refusal = await connection.answer();
  if (refusal.kind === 'status' && !refusal.ok) throw refusedLogin(refusal, ` (${why})`);
  throw connection.breakOff(`the server asks on after AUTH ${mechanism}: ${why}`);
}

const errorAnswer: Readonly<Record<SaslStart['mechanism'], string>> = {
  OAUTHBEARER: 'AQ==',
  XOAUTH2: '',
  // PLAIN has nothing to ask: with this it is called off (RFC 5034, section 4).
  PLAIN: '*',
};

/** Nobody has said who they are, so that cannot be what is wrong. */
function refusedGreeting(status: Status): MailboxFault {
  const { kind, message, retryAfterMs } = refusedLogin(status);
  return new MailboxFault(kind === 'throttled' ? kind : 'refused', message, { retryAfterMs });
}

function refusedLogin({ code, text }: Status, details = ''): MailboxFault {
  const said = printable(text).replace(/\.+$/, '');
  if (code === 'SYS/PERM') return new MailboxFault('refused', `the server refuses: ${said}${details}`);
  const kind = loginTrouble(code, said);
  return new MailboxFault(kind, `the server says: ${said}${details}`, { retryAfterMs: throttleTime(said) });
}
