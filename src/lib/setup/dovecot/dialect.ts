import type { Database, DialectName, MailStore, UserSource } from './site.ts';
import type { Entry } from './settings.ts';

/**
 * What Dovecot 2.3 and 2.4 say differently. All else (services, listeners, namespaces, folders) has the same words in
 * both.
 */
export interface Dialect {
  readonly name: DialectName;
  /** What stands before everything else. */
  readonly opening: readonly Entry[];
  /** How a user is named within a value. */
  readonly user: { readonly whole: string; readonly local: string; readonly domain: string };
  protocols(names: readonly string[], why: string): Entry;
  cleartext(logins: 'refused' | 'taken', why: string): Entry;
  certificate(paths: { readonly cert: string; readonly key: string }, why: string): readonly Entry[];
  store(store: MailStore, why: string): readonly Entry[];
  /** For all of Dovecot, or within the block of one protocol. */
  plugins(names: readonly string[], why: string): Entry;
  passwords(source: UserSource, why: string): Entry;
  users(source: UserSource, why: string): Entry;
  database(database: Database, why: string): readonly Entry[];
  quota(size: string, why: string): readonly Entry[];
  compression(why: string): readonly Entry[];
  sieve(scriptBeforeAll: string, why: string): readonly Entry[];
  /** The plugin that compresses mail has another name in each. */
  readonly compressingPlugin: string;
}
