import { scalarKind } from './kind.ts';

const standardPort = 4222;

/** `host:port` of a server of NATS. Who we are and how we speak to it has settings of its own. */
export const natsServer = scalarKind<string>({
  valid: 'a server of NATS: nats://host:4222, or host:4222; without a name or a password in it',
  parse: natsServerFrom,
});

/** Undefined for what names no server. */
export function natsServerFrom(text: string): string | undefined {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `nats://${text}`;
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  const isMore = username !== '' || password !== '' || !/^\/?$/.test(pathname) || search !== '' || hash !== '';
  if (protocol !== 'nats:' || hostname === '' || isMore) return undefined;
  return `${hostname}:${port === '' ? standardPort : port}`;
}
