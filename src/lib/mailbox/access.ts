import type { ClientTls } from '../net/dial.ts';

/** What proves to the server who we are. */
export type Credentials =
  | { readonly kind: 'password'; readonly password: string }
  /** A bearer token, for SASL OAUTHBEARER or XOAUTH2. */
  | { readonly kind: 'token'; readonly token: string };

/** How a mailbox is reached: where its server is, how it is known, and as whom we come. */
export interface MailboxAccess {
  readonly protocol: 'imap' | 'pop3';
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, TLS that is demanded before anybody logs in, or none at all. */
  readonly security: 'implicit' | 'starttls' | 'none';
  readonly tls: ClientTls;
  readonly username: string;
  /** Fetched anew for each login, so that a rotated password or an expired token takes effect. */
  readonly credentials: () => Promise<Credentials>;
  /** `socks5://…`, `socks4a://…`, `http://…`: through which the server is reached. */
  readonly proxy: string | undefined;
  /** To reach the server and to be greeted by it. */
  readonly connectMs: number;
  /** A server that owes an answer may be silent for so long; one that owes none is asked for a sign of life then. */
  readonly silenceMs: number;
  /** IDLE is begun anew after so long, before the server or something between loses patience. */
  readonly idleMs: number;
  /** The longest message that is read. */
  readonly longest: number;
}
