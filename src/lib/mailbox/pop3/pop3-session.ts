import { TLSSocket } from 'node:tls';
import { unlessAborted } from '../../patience.ts';
import { printable } from '../../text/printable.ts';
import type { MailboxAccess } from '../access.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import type { Features, MailboxSession, OpenFolder, RemoteFolder } from '../session.ts';
import type { Pop3Capabilities } from './capabilities.ts';
import { checkSendable, logIn } from './login.ts';
import { Pop3Connection } from './pop3-connection.ts';
import { openDrop } from './pop3-drop.ts';

/** How long the goodbye may take. */
const goodbye = 3_000;
/** The one folder there is. */
const inbox: RemoteFolder = { name: 'INBOX', specialUse: undefined, selectable: true };

export async function openPop3(access: MailboxAccess, signal: AbortSignal): Promise<MailboxSession> {
  signal.throwIfAborted();
  const credentials = await unlessAborted(signal, access.credentials());
  let connection: Pop3Connection | undefined;
  const giveUp = () => connection?.abandon();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    checkSendable(access.username, credentials);
    connection = await Pop3Connection.open(access, signal);
    signal.throwIfAborted();
    return new Pop3Session(connection, access, await logIn(connection, access, credentials, signal));
  } catch (error) {
    giveUp();
    signal.throwIfAborted();
    if (!(error instanceof MailboxFault)) throw error;
    const { kind, message, retryAfterMs } = error;
    const where = `no session with ${access.host} port ${access.port}`;
    throw new MailboxFault(kind, `${where}: ${message}`, { retryAfterMs, cause: error });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

class Pop3Session implements MailboxSession {
  readonly features: Features;
  readonly peer: MailboxSession['peer'];
  readonly tls: MailboxSession['tls'];
  readonly #connection: Pop3Connection;
  readonly #access: MailboxAccess;
  readonly #capabilities: Pop3Capabilities;
  #isOver = false;

  constructor(connection: Pop3Connection, access: MailboxAccess, capabilities: Pop3Capabilities) {
    this.#connection = connection;
    this.#access = access;
    this.#capabilities = capabilities;
    const { socket } = connection;
    // Through a proxy, only the proxy knows where the server is.
    const address = access.proxy === undefined ? socket.remoteAddress : undefined;
    this.peer = { address: address ?? access.host, port: access.port };
    this.tls =
      socket instanceof TLSSocket
        ? { version: socket.getProtocol() ?? 'TLS', cipher: socket.getCipher().standardName }
        : undefined;
    const noFlags = 'POP3 has no flags';
    this.features = {
      push: false,
      actsAtEnd: true,
      actions: ['delete'],
      lacks: { seen: noFlags, flag: noFlags, move: 'POP3 has no folders' },
      capabilities: capabilities.lines,
    };
  }

  get usable(): boolean {
    return !this.#isOver && this.#connection.isOpen;
  }

  async folders(): Promise<readonly RemoteFolder[]> {
    return [inbox];
  }

  async open(folder: string): Promise<OpenFolder> {
    if (folder.toUpperCase() !== inbox.name) {
      throw new MailboxFault('refused', `POP3 has no folder ${printable(folder)}, only INBOX`);
    }
    return openDrop(this.#connection, {
      most: this.#access.longest,
      ahead: this.#capabilities.has('PIPELINING') ? 8 : 1,
      quit: () => this.#quit(),
    });
  }

  async close(): Promise<void> {
    if (!this.usable) return this.abandon();
    const timer = setTimeout(() => this.abandon(), goodbye);
    await this.#quit().catch(() => undefined);
    clearTimeout(timer);
    this.abandon();
  }

  abandon(): void {
    this.#isOver = true;
    this.#connection.abandon();
  }

  /** Only with this the server removes what is marked for it (RFC 1939, UPDATE state). */
  async #quit(): Promise<void> {
    this.#isOver = true;
    const { ok, text } = await this.#connection.command('QUIT');
    this.#connection.abandon();
    if (!ok) throw new MailboxFault('refused', `the server has not removed everything: ${printable(text)}`);
  }
}
