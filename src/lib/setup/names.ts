import { isIP, isIPv6 } from 'node:net';
import { hostName } from '../net/host-name.ts';

// Each reader returns the one form that may stand in a file, or undefined when the text is none.

/** `Bücher.example` → `xn--bcher-kva.example`; at least two labels, never an address. */
export function domainName(text: string): string | undefined {
  const name = hostName(text);
  return name?.includes('.') ? name : undefined;
}

/** `adam@example.org`, in the plain form that a login has too. */
export function mailAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  if (at < 1) return undefined;
  const local = text.slice(0, at);
  const domain = domainName(text.slice(at + 1));
  // No +, which separates an extension, and nothing that a map or a restriction could take for its own.
  if (!/^[a-z\d](?:[a-z\d._-]{0,62}[a-z\d])?$/i.test(local) || local.includes('..')) return undefined;
  return domain && `${local.toLowerCase()}@${domain}`;
}

/** An address or a name, without brackets. */
export function hostOrAddress(text: string): string | undefined {
  // A zone names an interface, and a % is none of ours.
  return isIP(text) !== 0 && !text.includes('%') ? text : hostName(text);
}

export function portNumber(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 0xffff ? port : undefined;
}

/** `host:25`, `[2001:db8::1]:25`, and without the port where there is one to fall back on. */
export function hostAndPort(
  text: string,
  fallbackPort: number | undefined,
): { readonly host: string; readonly port: number } | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text);
  const host = parts && hostOrAddress(parts[1] ?? parts[2]!);
  const port = parts?.[3] === undefined ? fallbackPort : portNumber(parts[3]);
  return host && port ? { host, port } : undefined;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** How Postfix wants an address of version 6 where a name could stand. */
export function bracketed(host: string): string {
  return `[${host}]`;
}

export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
