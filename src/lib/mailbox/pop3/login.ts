import { printable } from '../../text/printable.ts';
import type { Credentials, MailboxAccess } from '../access.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import { saslStart } from '../sasl.ts';
import { loginTrouble, throttleTime } from '../server-words.ts';
import { askCapabilities, type Pop3Capabilities } from './capabilities.ts';
import type { Pop3Connection } from './pop3-connection.ts';
import type { Status } from './reply-reader.ts';

/** From the greeting to the login. Resolves with what the server offers afterwards. */
export async function logIn(
  connection: Pop3Connection,
  access: MailboxAccess,
  signal: AbortSignal,
): Promise<Pop3Capabilities> {
  const greeting = await connection.status();
  if (!greeting.ok) throw refusedLogin(greeting);
  let capabilities = await askCapabilities(connection);
  if (access.security === 'starttls') {
    if (!capabilities.has('STLS')) throw new MailboxFault('tls', 'the server does not offer STLS');
    const { ok, text } = await connection.command('STLS');
    if (!ok) throw new MailboxFault('tls', `the server refuses STLS: ${printable(text)}`);
    await connection.startTls(signal);
    // What was offered in clear, anybody may have offered.
    capabilities = await askCapabilities(connection);
  }
  await authenticate(connection, access, await access.credentials(), capabilities);
  return askCapabilities(connection);
}

async function authenticate(
  connection: Pop3Connection,
  access: MailboxAccess,
  credentials: Credentials,
  capabilities: Pop3Capabilities,
): Promise<void> {
  const { username } = access;
  if (credentials.kind === 'password' && capabilities.has('USER')) {
    const { password } = credentials;
    if (/[\r\n\0]/.test(username + password)) {
      throw new MailboxFault('credentials', 'username or password have a line break within them');
    }
    const known = await connection.command(`USER ${username}`);
    if (!known.ok) throw refusedLogin(known);
    const entry = await connection.command(`PASS ${password}`);
    if (!entry.ok) throw refusedLogin(entry);
    return;
  }
  const start = saslStart(username, credentials, capabilities.mechanisms, access);
  if (start === undefined) {
    const offered = [...capabilities.mechanisms].map(printable).join(', ') || 'none';
    throw new MailboxFault(
      'refused',
      `the server offers no way to log in with a ${credentials.kind} (SASL: ${offered})`,
    );
  }
  connection.send(`AUTH ${start.mechanism} ${start.initial}`, 'one line');
  let reply = await connection.status();
  // Why a token was refused comes as a question, to which an empty answer is expected (RFC 7628).
  for (let questions = 0; reply.code === '+' && questions < 3; questions++) {
    connection.sendMore(start.mechanism === 'OAUTHBEARER' ? 'AQ==' : '');
    reply = await connection.status();
  }
  if (!reply.ok) throw refusedLogin(reply);
}

function refusedLogin({ code, text }: Status): MailboxFault {
  const said = printable(text).replace(/\.+$/, '');
  if (code === 'SYS/PERM') return new MailboxFault('refused', `the server refuses: ${said}`);
  const kind = loginTrouble(code, said);
  return new MailboxFault(kind, `the server says: ${said}`, { retryAfterMs: throttleTime(said) });
}
