import { readFileSync } from 'node:fs';
import type { Mailbox } from '../../collect/mailbox.ts';
import { mannersAt } from '../../collect/providers.ts';
import type { MailboxSettings } from '../../config/schema.ts';
import { errno, exitCodes, Fault } from '../../errors.ts';
import type { Credentials, MailboxAccess } from '../../mailbox/access.ts';

/** What the command line says of all mailboxes, above what is said of each. */
export interface Wishes {
  readonly fetch?: 'all' | undefined;
  readonly afterCollect?: 'delete' | undefined;
}

const standardPorts = { imap: 143, imaps: 993, pop3: 110, pop3s: 995 } as const;

/** The mailboxes that settings describe. Throws a Fault for what cannot be meant. */
export function mailboxesFrom(
  entries: Readonly<Record<string, MailboxSettings>>,
  wishes: Wishes = {},
): readonly Mailbox[] {
  const mailboxes = Object.entries(entries).map(([name, settings]) => mailboxFrom(name, settings, wishes));
  const byAccount = new Map<string, string>();
  for (const { name, account } of mailboxes) {
    const other = byAccount.get(account);
    if (other !== undefined)
      throw wrong(name, `it is the same account as ${other}`, 'Name each account once, with all its folders.');
    byAccount.set(account, name);
  }
  return mailboxes;
}

function mailboxFrom(name: string, settings: MailboxSettings, wishes: Wishes): Mailbox {
  const access = accessFrom(name, settings);
  const manners = mannersAt(access.host);
  const { folders, within, watch, every: everyMs, connections = manners.connections } = settings;
  return {
    name,
    account: accountOf(access),
    access: { ...access, idleMs: settings.idleTime ?? manners.idleMs },
    folders: access.protocol === 'pop3' ? ['INBOX'] : folders,
    which: wishes.fetch ?? settings.fetch,
    within,
    action: actionFrom(name, access.protocol, {
      ...settings,
      ...(wishes.afterCollect && { afterCollect: wishes.afterCollect }),
    }),
    watch,
    everyMs,
    connections,
    settings: fingerprint(settings, wishes),
  };
}

function accessFrom(name: string, settings: MailboxSettings): MailboxAccess {
  const { type, host, username, tls = {}, proxy, connectTimeout: connectMs, silence: silenceMs, largest } = settings;
  const protocol = type === 'imap' || type === 'imaps' ? 'imap' : 'pop3';
  const port = settings.port ?? standardPorts[type];
  if (host === undefined) throw wrong(name, 'it has no host', 'Say where its server is.');
  if (username === undefined) throw wrong(name, 'it has no username', 'Say as whom to log in.');
  return {
    protocol,
    host,
    port,
    security: tls.use ?? (port === standardPorts[protocol] && !type.endsWith('s') ? 'starttls' : 'implicit'),
    tls: {
      verify: tls.verify,
      pins: tls.pins,
      serverName: tls.serverName,
      ...(tls.ca !== undefined && { ca: certificatesIn(name, tls.ca) }),
    },
    username,
    credentials: credentialsFrom(name, settings),
    proxy,
    connectMs,
    silenceMs,
    idleMs: 0,
    longest: largest,
  };
}

function credentialsFrom(name: string, { password, token }: MailboxSettings): () => Promise<Credentials> {
  if (password && token) throw wrong(name, 'it has a password and a token', 'Leave out one of the two.');
  if (token) return async () => ({ kind: 'token', token: await token.resolve() });
  if (password) return async () => ({ kind: 'password', password: await password.resolve() });
  throw wrong(name, 'it has no password', 'Give it a password, or a token.');
}

function actionFrom(
  name: string,
  protocol: MailboxAccess['protocol'],
  { afterCollect: kind, flag, moveTo: to }: MailboxSettings,
): Mailbox['action'] {
  // A POP3 server has nothing that could be marked; what is the default for IMAP must not be a fault there.
  if (protocol === 'pop3' && kind === 'seen') return { kind: 'none' };
  if (protocol === 'pop3' && (kind === 'flag' || kind === 'move')) {
    throw wrong(name, `POP3 knows no afterCollect: ${kind}`, 'Choose none or delete.');
  }
  switch (kind) {
    case 'flag':
      return { kind, flag };
    case 'move':
      if (to === undefined) throw wrong(name, 'it does not say where messages are moved', 'Set moveTo to a folder.');
      return { kind, to };
    default:
      return { kind };
  }
}

/** A server that is reached at its usual port stays the same when TLS is switched on. */
function accountOf({ protocol, username, host, port }: MailboxAccess): string {
  const isUsual = Object.values<number>(standardPorts).includes(port);
  return `${protocol}:${username}@${host.toLowerCase()}${isUsual ? '' : `:${port}`}`;
}

function fingerprint({ password, token, ...rest }: MailboxSettings, wishes: Wishes): string {
  return JSON.stringify([rest, password?.mark, token?.mark, wishes]);
}

function certificatesIn(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(name, `the certificates ${path} cannot be read (${errno(error)})`, 'Check its tls.ca.', error);
  }
}

function wrong(name: string, problem: string, fix: string, cause?: unknown): Fault {
  return new Fault(`The mailbox "${name}" cannot be collected: ${problem}.`, {
    code: 'mailbox.faulty',
    fix,
    exit: exitCodes.usage,
    cause,
  });
}
