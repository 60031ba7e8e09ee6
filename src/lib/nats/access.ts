/** How the servers of a NATS cluster are reached, and as whom. Plain data: it goes to other threads. */
export interface NatsAccess {
  /** `host:port`, of one or more servers of the same cluster. */
  readonly servers: readonly string[];
  readonly login: NatsLogin;
  readonly tls: NatsTls | undefined;
  readonly connectMs: number;
  /** Under which the connection is listed at the server. */
  readonly name: string;
}

export type NatsLogin =
  | { readonly as: 'nobody' }
  | { readonly as: 'user'; readonly user: string; readonly password: string }
  | { readonly as: 'token'; readonly token: string }
  /** A file with a JWT and a seed, read anew at each login. */
  | { readonly as: 'holder'; readonly file: string };

export interface NatsTls {
  /** PEM of those who may vouch for the servers; undefined means those that the system trusts. */
  readonly ca: string | undefined;
  /** PEM of what we show to the servers. */
  readonly own: { readonly certificate: string; readonly key: string } | undefined;
  /** Whether TLS begins with the first byte, or after the server's greeting. */
  readonly begins: 'atOnce' | 'afterGreeting';
}
