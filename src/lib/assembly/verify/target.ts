import type { MailboxAccess } from '../../mailbox/access.ts';
import type { ClientTls, ServerPlace } from '../../net/dial.ts';

/** A server that is looked at from outside, as its users see it. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly security: 'implicit' | 'starttls' | 'none';
  readonly tls: ClientTls;
  readonly login: Login | undefined;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

export const connectMs = 10_000;
/** How long a server may think. */
export const silenceMs = 30_000;

/** The place as the first steps reach it: TLS that begins later is for the protocol to begin. */
export function placeOf({ host, port, security, tls }: Target): ServerPlace {
  return { host, port, tls: security === 'implicit' ? tls : undefined };
}

export function accessTo(target: Target, { user, password }: Login, protocol: 'imap' | 'pop3'): MailboxAccess {
  const { host, port, security, tls } = target;
  return {
    protocol,
    host,
    port,
    security,
    tls,
    username: user,
    credentials: async () => ({ kind: 'password', password }),
    proxy: undefined,
    connectMs,
    silenceMs,
    idleMs: silenceMs,
    longest: 2 ** 20,
  };
}
