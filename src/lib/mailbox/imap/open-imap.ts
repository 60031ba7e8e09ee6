import type { ImapFlow } from 'imapflow';
import type { MailboxAccess } from '../access.ts';
import type { Features, MailboxSession, OpenFolder, RemoteFolder } from '../session.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import { unlessAborted } from '../../patience.ts';
import { createClient, endWhenSilent } from './client.ts';
import { mailboxFault } from './faults.ts';
import { ImapFolder } from './imap-folder.ts';

/** How long the goodbye may take. */
const goodbye = 3_000;

export async function openImap(access: MailboxAccess, signal: AbortSignal): Promise<ImapSession> {
  signal.throwIfAborted();
  const client = createClient(access, await unlessAborted(signal, access.credentials()));
  let fault: unknown;
  // Before connect(): an 'error' without a listener ends the process.
  client.on('error', (error) => (fault ??= error));
  const giveUp = () => client.close();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect();
    endWhenSilent(client, access.silenceMs);
    return new ImapSession(client, access, () => fault);
  } catch (error) {
    client.close();
    signal.throwIfAborted();
    throw mailboxFault(error, `no session with ${access.host} port ${access.port}`);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

export class ImapSession implements MailboxSession {
  readonly features: Features;
  readonly peer: MailboxSession['peer'];
  readonly tls: MailboxSession['tls'];
  readonly #client: ImapFlow;
  readonly #fault: () => unknown;
  #open: ImapFolder | undefined;

  constructor(client: ImapFlow, { host, port }: MailboxAccess, fault: () => unknown) {
    this.#client = client;
    this.#fault = fault;
    this.features = featuresOf(client);
    this.peer = { address: addressOf(client) ?? host, port };
    this.tls = tlsOf(client);
  }

  get usable(): boolean {
    return this.#client.usable;
  }

  async folders(): Promise<readonly RemoteFolder[]> {
    // Where the server does not say what a folder is for, imapflow knows it by what it is called in fifty languages.
    const listed = await this.#attempt('folders cannot be listed', () => this.#client.list());
    return listed.map(({ path: name, specialUse, flags }) => {
      return { name, specialUse, selectable: !flags.has('\\Noselect') && !flags.has('\\NonExistent') };
    });
  }

  async open(folder: string, use: 'reading' | 'acting'): Promise<OpenFolder> {
    this.#open?.release();
    this.#open = undefined;
    return this.#attempt(`the folder ${folder} cannot be opened`, async () => {
      // A connection that holds a lock may be silent for a while: without one imapflow would take it for dead.
      const lock = await this.#client.getMailboxLock(folder, { readOnly: use === 'reading' });
      return (this.#open = new ImapFolder(this.#client, lock));
    });
  }

  /** Puts a message into a folder. Resolves with its uid, where the server says it. */
  async append(folder: string, bytes: Buffer): Promise<string | undefined> {
    const answer = await this.#attempt(`nothing can be put into ${folder}`, () => this.#client.append(folder, bytes));
    if (!answer) throw new MailboxFault('refused', `the server takes no message into ${folder}`);
    return answer.uid === undefined ? undefined : String(answer.uid);
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => this.#client.close(), goodbye);
    this.#open?.release();
    await this.#client.logout().catch(() => undefined);
    clearTimeout(timer);
    this.#client.close();
  }

  abandon(): void {
    this.#client.close();
  }

  async #attempt<Result>(doing: string, command: () => Promise<Result>): Promise<Result> {
    if (!this.usable) throw mailboxFault(this.#fault() ?? new Error('the connection is gone'), doing);
    try {
      return await command();
    } catch (error) {
      throw mailboxFault(this.usable ? error : (this.#fault() ?? error), doing);
    }
  }
}

function featuresOf({ capabilities }: ImapFlow): Features {
  const has = (name: string) => capabilities.has(name);
  const canMove = has('MOVE') || has('UIDPLUS');
  return {
    push: has('IDLE'),
    actsAtEnd: false,
    actions: ['seen', 'flag', ...(canMove ? (['move'] as const) : []), 'delete'],
    lacks: {
      ...(!canMove && { move: 'it has neither MOVE nor UIDPLUS, so what is moved could not be removed safely' }),
      ...(!has('UIDPLUS') && { delete: 'without UIDPLUS messages are only flagged as deleted, not expunged' }),
    },
    capabilities: [...capabilities.keys()],
  };
}

interface Connected {
  readonly socket?: { readonly remoteAddress?: string };
  readonly tls?: { readonly version?: string; readonly standardName?: string; readonly name?: string } | false;
}

function addressOf(client: ImapFlow): string | undefined {
  return (client as unknown as Connected).socket?.remoteAddress;
}

function tlsOf(client: ImapFlow): MailboxSession['tls'] {
  const { tls } = client as unknown as Connected;
  if (!tls) return undefined;
  return { version: tls.version ?? '', cipher: tls.standardName ?? tls.name ?? '' };
}
