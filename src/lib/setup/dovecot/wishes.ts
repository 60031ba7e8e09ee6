import type { TlsWishes } from '../tls-choice.ts';

/** What the flags say, word for word. */
export interface Wishes extends TlsWishes {
  readonly mode: string;
  readonly 'dovecot-version'?: string | undefined;
  readonly layout?: string | undefined;
  readonly prefix?: string | undefined;
  readonly listen?: readonly string[] | undefined;
  readonly 'imap-port'?: string | undefined;
  readonly 'imaps-port'?: string | undefined;
  readonly 'pop3-port'?: string | undefined;
  readonly 'pop3s-port'?: string | undefined;
  readonly user?: string | undefined;
  readonly uid?: string | undefined;
  readonly gid?: string | undefined;
  readonly maildir?: string | undefined;
  readonly store?: string | undefined;
  readonly auth?: string | undefined;
  readonly home?: string | undefined;
  readonly 'sql-host'?: string | undefined;
  readonly 'sql-user'?: string | undefined;
  readonly 'sql-password-file'?: string | undefined;
  readonly 'sql-database'?: string | undefined;
  readonly 'postfix-queue'?: string | undefined;
  readonly postmaster?: string | undefined;
  readonly quota?: string | undefined;
  readonly compress?: boolean | undefined;
}
