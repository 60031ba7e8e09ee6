import { onTestFinished } from 'vitest';
import type { MailboxAccess } from '../../../src/lib/mailbox/access.ts';
import { openPop3 } from '../../../src/lib/mailbox/pop3/pop3-session.ts';
import type { MailboxSession, OpenFolder } from '../../../src/lib/mailbox/session.ts';
import { ScriptedServer, type ScriptOptions, type Turn } from '../../support/scripted-server.ts';

export function accessTo(port: number, settings: Partial<MailboxAccess> = {}): MailboxAccess {
  return {
    protocol: 'pop3',
    host: '127.0.0.1',
    port,
    security: 'none',
    tls: {},
    username: 'trap',
    credentials: async () => ({ kind: 'password', password: 'secret' }),
    proxy: undefined,
    connectMs: 10_000,
    silenceMs: 10_000,
    idleMs: 10_000,
    longest: 2 ** 26,
    ...settings,
  };
}

export const login: readonly Turn[] = [
  'S: +OK ready',
  'C: CAPA',
  'S: -ERR what?',
  'C: USER trap',
  'S: +OK',
  'C: PASS secret',
  'S: +OK welcome',
];

/** A login to a server that offers this. */
export function loginTo(...capabilities: readonly string[]): readonly Turn[] {
  const listing = ['S: +OK', ...capabilities.map((line) => `S: ${line}` as const), 'S: .'] as const;
  return [...login, 'C: CAPA', ...listing];
}

export interface Scene {
  readonly server: ScriptedServer;
  readonly session: MailboxSession;
}

export async function logIntoScript(
  turns: readonly Turn[],
  { settings, ...options }: ScriptOptions & { readonly settings?: Partial<MailboxAccess> } = {},
): Promise<Scene> {
  const server = await ScriptedServer.start(turns, options);
  const session = await openPop3(accessTo(server.port, settings), new AbortController().signal);
  onTestFinished(() => session.abandon());
  return { server, session };
}

/** The listings of three messages. */
export const three: readonly Turn[] = [
  'C: UIDL',
  'S: +OK',
  'S: 1 aaa',
  'S: 2 bbb',
  'S: 3 ccc',
  'S: .',
  'C: LIST',
  'S: +OK 3 messages',
  'S: 1 10',
  'S: 2 20',
  'S: 3 30',
  'S: .',
];

export async function openScript(
  turns: readonly Turn[],
  settings?: Partial<MailboxAccess>,
): Promise<Scene & { readonly inbox: OpenFolder }> {
  const scene = await logIntoScript(turns, { ...(settings && { settings }) });
  return { ...scene, inbox: await scene.session.open('INBOX', 'reading') };
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
