import { linesOf } from './listing.ts';
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
  return ok ? readCapabilities(await linesOf(connection)) : { ...readCapabilities(['USER']), lines: [] };
}

export function readCapabilities(lines: readonly string[]): Pop3Capabilities {
  const words = lines.map((line) => line.toUpperCase().split(' '));
  const names = new Set(words.map(([name]) => name));
  return {
    lines,
    has: (name) => names.has(name),
    mechanisms: new Set(words.filter(([name]) => name === 'SASL').flatMap(([, ...mechanisms]) => mechanisms)),
  };
}
