import type { Tls } from '../tls-choice.ts';
import type { System } from './system.ts';

// What the operator wants, checked: every text here is safe in every file that is made of it.

export const modeNames = ['domains', 'blackhole', 'mailserver'] as const;

export type Mode = (typeof modeNames)[number];

export type Site = TrapForDomains | BlackHole | MailServer;

interface Common {
  readonly hostname: string;
  readonly lmtp: LmtpServer;
  /** Addresses, or the one word `all`. */
  readonly listen: readonly string[];
  readonly ports: Ports;
  readonly tls: Tls;
  /** Bytes. */
  readonly messageSize: number;
  readonly system: System;
  readonly maillog: string | undefined;
  /** The folder below which queue, data and log are, of an instance of its own; undefined for the system's. */
  readonly instance: string | undefined;
}

/** Takes all mail for the domains and none for others. */
export interface TrapForDomains extends Common {
  readonly mode: 'domains';
  readonly domains: readonly string[];
}

/** Takes all mail for whatever domain. */
export interface BlackHole extends Common {
  readonly mode: 'blackhole';
}

/** A real mail server for people, with mailboxes. */
export interface MailServer extends Common {
  readonly mode: 'mailserver';
  readonly domains: readonly string[];
  readonly mailboxes: readonly string[];
  readonly catchAll: string | undefined;
  readonly relayhost: Relayhost | undefined;
  /** Filters that are asked while mail comes in. */
  readonly milters: readonly string[];
}

export interface Ports {
  readonly smtp: number;
  /** Where STARTTLS comes first. */
  readonly submission: number | 'off';
  /** Where TLS begins with the first byte. */
  readonly submissions: number | 'off';
}

export type LmtpServer =
  | { readonly at: 'inet'; readonly host: string; readonly port: number }
  | { readonly at: 'unix'; readonly path: string };

export interface Relayhost {
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | undefined;
}
