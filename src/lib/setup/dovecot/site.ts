import type { Tls } from '../tls-choice.ts';
import type { System } from './system.ts';

// What the operator wants, checked: every text here is safe in every file that is made of it.

export const modeNames = ['monitor', 'mailbox', 'mailserver'] as const;

export type Mode = (typeof modeNames)[number];

// The languages of its configuration.
export const dialectNames = ['2.3', '2.4'] as const;

export type DialectName = (typeof dialectNames)[number];

export type Site = Monitor | Mailboxes | MailServer;

interface Common {
  readonly dialect: DialectName;
  readonly layout: Layout;
  readonly place: Place;
  readonly system: System;
  /** Addresses, or `*` and `::` for all of this machine. */
  readonly listen: readonly string[];
  readonly ports: Ports;
  readonly tls: Tls;
}

/** All in one file, or as Debian has it, in conf.d. */
export type Layout = 'single' | 'split';

/** Dovecot's own folders of the system; or an instance of its own, which touches nothing but its folder. */
export type Place =
  | { readonly is: 'system'; readonly folder: string }
  | { readonly is: 'own'; readonly folder: string; readonly runAs: RunAs };

/** Root gives Dovecot's processes users of their own; anybody else runs all of them by himself. */
export type RunAs =
  { readonly is: 'root' } | ({ readonly is: 'one'; readonly user: string; readonly group: string } & Owner);

export interface Ports {
  readonly imap: Port;
  readonly imaps: Port;
  readonly pop3: Port;
  readonly pop3s: Port;
}

export type Port = number | 'off';

/** As whom mail is read and written. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A look into the maildir of a sensor. */
export interface Monitor extends Common {
  readonly mode: 'monitor';
  readonly maildir: string;
  readonly owner: Owner;
  readonly user: string;
}

/** Mailboxes for people, as Dovecot's tutorials have them. */
export interface Mailboxes extends Common {
  readonly mode: 'mailbox';
  readonly store: MailStore;
  readonly source: UserSource;
  readonly user: string | undefined;
}

/** What is behind a Postfix: virtual users, who have nothing else on this machine. */
export interface MailServer extends Common {
  readonly mode: 'mailserver';
  readonly owner: Owner;
  /** Below it each domain has a folder, and each user one in that. */
  readonly home: string;
  readonly user: string | undefined;
  /** Where Postfix looks for sockets. */
  readonly postfixQueue: string;
  readonly postmaster: string;
  readonly quota: string | undefined;
  readonly compresses: boolean;
}

export type MailStore =
  | { readonly kind: 'maildir'; readonly path: string }
  /** One file for the inbox, beside the folder of all others. */
  | { readonly kind: 'mbox'; readonly path: string; readonly inbox: string };

export type UserSource =
  /** Lines with hashes; everybody's mail belongs to one user of the system. */
  | { readonly kind: 'file'; readonly path: string; readonly owner: Owner; readonly home: string | undefined }
  /** Users of the system, with their own passwords. */
  | { readonly kind: 'pam' }
  | { readonly kind: 'sql'; readonly database: Database; readonly owner: Owner; readonly home: string };

export type Database = { readonly kind: 'sqlite'; readonly path: string; readonly settings: string } | ServerDatabase;

export interface ServerDatabase {
  readonly kind: 'mysql' | 'pgsql';
  readonly host: string;
  /** Where it is not the usual one. */
  readonly port: number | undefined;
  readonly user: string;
  readonly password: string;
  readonly name: string;
  /** Where the settings of 2.3 are, which have a file of their own. */
  readonly settings: string;
}
