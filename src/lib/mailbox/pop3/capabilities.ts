import type { Pop3Connection } from './pop3-connection.ts';

/** What a server offers (RFC 2449). One that does not know CAPA offers what RFC 1939 demands. */
export interface Pop3Capabilities {
  /** As the server wrote them. */
  readonly lines: readonly string[];
  has(name: string): boolean;
  readonly mechanisms: ReadonlySet<string>;
}

export async function askCapabilities(connection: Pop3Connection): Promise<Pop3Capabilities> {
  const { ok } = await connection.command('CAPA', 'lines');
  const lines = ok ? await linesOf(connection) : ['USER'];
  const words = lines.map((line) => line.toUpperCase().split(' '));
  const names = new Set(words.map(([name]) => name));
  return {
    lines,
    has: (name) => names.has(name),
    mechanisms: new Set(words.filter(([name]) => name === 'SASL').flatMap(([, ...mechanisms]) => mechanisms)),
  };
}

/** More lines than any mailbox has messages; what does not end is not listened to. */
const mostBytes = 256 * 2 ** 20;

/** A listing behind a positive status. */
export async function linesOf(connection: Pop3Connection): Promise<string[]> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of connection.body()) {
    size += piece.length;
    if (size <= mostBytes) pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? [] : text.replace(/\r\n$/, '').split('\r\n');
}
