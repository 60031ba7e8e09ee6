import type { Socket } from 'node:net';
import type { MailboxAccess } from '../../src/lib/mailbox/access.ts';
import { AnsweringServer, type Answer } from './answering-server.ts';

export interface ImapScript {
  readonly greeting?: string;
  readonly capabilities?: string;
  readonly exists?: number;
  readonly select?: string;
  /** What is said to a command, by its name (`UID FETCH`, `IDLE`); `$` stands for its tag. */
  readonly on?: Readonly<Record<string, string | ((line: string, client: Socket) => Answer)>>;
}

/** An IMAP server that does as the script says, and what is usual where it says nothing. */
export function scriptedImap(script: ImapScript): Promise<AnsweringServer> {
  const { capabilities = 'IMAP4rev1 UIDPLUS MOVE IDLE', exists = 3, on = {} } = script;
  const select =
    script.select ??
    `* FLAGS (\\Seen \\Deleted \\Flagged)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted \\Flagged \\*)] ok\r\n* ${exists} EXISTS\r\n` +
      '* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 100] ok\r\n$ OK [READ-WRITE] selected\r\n';
  const usual: Readonly<Record<string, string>> = {
    CAPABILITY: `* CAPABILITY ${capabilities}\r\n$ OK done\r\n`,
    LOGIN: '$ OK logged in\r\n',
    SELECT: select,
    EXAMINE: select.replace('READ-WRITE', 'READ-ONLY'),
    LOGOUT: '* BYE bye\r\n$ OK bye\r\n',
    LIST: '* LIST () "/" INBOX\r\n$ OK done\r\n',
    // RFC 3501, 6.3.8: an empty name asks for the separator and the root of names.
    'LIST ROOT': '* LIST (\\Noselect) "/" ""\r\n$ OK done\r\n',
    LSUB: '* LSUB () "/" INBOX\r\n$ OK done\r\n',
    NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\r\n$ OK done\r\n',
    'UID SEARCH': '* SEARCH 1 2 3\r\n$ OK done\r\n',
    IDLE: '+ idling\r\n',
  };
  let idling = '';
  return AnsweringServer.start({
    greeting: script.greeting ?? `* OK [CAPABILITY ${capabilities}] ready\r\n`,
    answer(line, client) {
      if (line.toUpperCase() === 'DONE') return `${idling} OK done\r\n`;
      const [, tag = '', uid = '', name = ''] = /^(\S+) (UID )?(\S+)/i.exec(line) ?? [];
      const plain = `${uid.toUpperCase()}${name.toUpperCase()}`;
      const command = plain === 'LIST' && line.endsWith('"" ""') ? 'LIST ROOT' : plain;
      if (command === 'IDLE') idling = tag;
      const said = on[command] ?? usual[command] ?? '$ OK done\r\n';
      const answer = typeof said === 'string' ? said : said(line, client);
      return typeof answer === 'string' ? answer.replaceAll('$ ', `${tag} `) : answer;
    },
  });
}

/** One row of a FETCH with everything that is asked for. */
export function row(seq: number, uid: number, body: string, size = body.length): string {
  const known = `UID ${uid} RFC822.SIZE ${size} INTERNALDATE "27-Nov-2026 00:00:00 +0000" FLAGS ()`;
  return `* ${seq} FETCH (${known} BODY[]<0> {${body.length}}\r\n${body})\r\n`;
}

export function accessTo(port: number, access: Partial<MailboxAccess> = {}): MailboxAccess {
  return {
    protocol: 'imap',
    host: '127.0.0.1',
    port,
    security: 'none',
    tls: {},
    username: 'trap',
    credentials: async () => ({ kind: 'password', password: 'secret' }),
    proxy: undefined,
    connectMs: 5_000,
    silenceMs: 5_000,
    idleMs: 60_000,
    longest: 1_000_000,
    ...access,
  };
}
