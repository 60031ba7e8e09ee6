import type { RuleMatch, RuleVerdict } from './rule-match.ts';

/** Where captures come from. */
export type IntakeName = 'relay' | 'lmtp' | 'collect' | 'maildir';

/**
 * Text that a peer chose. It may hold anything: see text/peer-text.ts for how bytes become text and back, and
 * text/printable.ts for how it may reach a person.
 */
export type PeerText = string;

/** Reverse-path and recipients exactly as the peer gave them, without the angle brackets. */
export interface Envelope {
  readonly from: PeerText;
  readonly to: readonly PeerText[];
}

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** As a Received line names it (RFC 3848): S for TLS, A for a login. */
export type MailProtocol = 'SMTP' | `${'ESMTP' | 'LMTP'}${'' | 'S'}${'' | 'A'}`;

export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
  /** The host name that the peer asked for. */
  readonly sni?: PeerText;
  readonly alpn?: PeerText;
}

/** A handshake that came to nothing. */
export interface TlsFailure {
  readonly detail: string;
  /** Whether it was TLS at all that came. */
  readonly speaks: 'tls' | 'otherwise';
  readonly sni?: PeerText;
  readonly alpn?: PeerText;
}

/** One attempt to log in, decoded. All of it but `accepted` is what the peer said. */
export interface TriedCredentials {
  readonly mechanism: PeerText;
  readonly accepted: boolean;
  readonly user?: PeerText;
  readonly password?: PeerText;
  /** On whose behalf, where that is another one. */
  readonly actsFor?: PeerText;
  /** What our side asked, and the answer that proves a password without saying it. */
  readonly challenge?: string;
  readonly response?: PeerText;
  readonly token?: PeerText;
  /** What could not be decoded, as it came. */
  readonly raw?: PeerText;
}

/** Milliseconds since the session was opened, and the line as it came. */
export type CommandSeen = readonly [after: number, line: PeerText];

/** Line ends that RFC 5321 forbids and that smuggling is made of. */
export interface ContentTraits {
  readonly bareCr: number;
  readonly bareLf: number;
}

/** What a mail server before us says of its own client (XFORWARD). */
export type ForwardedFacts = Readonly<Record<string, PeerText>>;

/** What is known of a session, whether or not it brings a message. */
interface KnownOfSession {
  readonly session: string;
  readonly peer: Address;
  readonly local: Address;
  /** The proxy through which the peer came. */
  readonly proxy?: Address;
  readonly helo?: PeerText;
  readonly tls?: TlsFacts;
  readonly credentials?: readonly TriedCredentials[];
  readonly commandsSeen?: readonly CommandSeen[];
}

/** What is known of the session that brought a message. */
export interface SessionEvidence extends KnownOfSession {
  readonly protocol: MailProtocol;
  /** ISO 8601, UTC; the times of commands count from here. */
  readonly openedAt?: string;
  /** What the peer declared with MAIL and RCPT beside the addresses, e.g. `BODY=8BITMIME`. */
  readonly parameters?: readonly PeerText[];
  /** Present when the content had bare CR or LF. */
  readonly traits?: ContentTraits;
  readonly forwarded?: ForwardedFacts;
}

/**
 * Where in a mailbox a message is: what tells it from all others on its server. What was collected is known by these
 * keys in the journal, and by nothing else.
 */
export interface SourceKey {
  /** Protocol, user and server: `imap:user@mail.example.org`. */
  readonly account: string;
  readonly folder: string;
  /** Changes when the server numbers its messages anew; empty where it makes no promise. */
  readonly uidValidity: string;
  readonly uid: string;
}

/** A message as it lay in a mailbox. */
export interface Source extends SourceKey {
  /** ISO 8601: when the server got it, as it says. */
  readonly arrivedAt?: string;
  /** Before we did anything to it. */
  readonly flags?: readonly PeerText[];
  /** What headers say of how it came. Everybody can write them: never the envelope, and never the truth. */
  readonly hints?: SourceHints;
}

export interface SourceHints {
  readonly peer?: PeerText;
  readonly from?: PeerText;
  readonly to?: PeerText;
}

/** What an intake knows when it asks the journal to keep a message. */
export interface CaptureOrigin {
  readonly intake: IntakeName;
  readonly envelope: Envelope;
  readonly evidence?: SessionEvidence;
  /** Present when it was collected from a mailbox or a maildir, which know no envelope. */
  readonly source?: Source;
  /** The name by which the peer was told its message: `queued as …`. */
  readonly queueId?: string;
  /** The host name under which the sensor showed itself to the peer. */
  readonly host?: string;
  /** The mail folder a rule chose; absent means the inbox. */
  readonly folder?: string;
  readonly tags?: readonly string[];
  /** Present when a rule matched, in the session before it or on the message. */
  readonly rules?: RuleVerdict;
}

/** What the journal adds when it keeps a message. */
export interface CaptureFacts extends CaptureOrigin {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** Lower-case hex over exactly the bytes the peer sent. */
  readonly sha256: string;
  readonly size: number;
}

/** The exact bytes of a message: in memory, or in a file where they would not fit. */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly path: string; readonly size: number };

export interface Capture {
  readonly facts: CaptureFacts;
  readonly content: Content;
}

/**
 * What a session that brought no message was after: it said nothing, spoke another protocol, tried to log in, offered
 * recipients, asked for users, or only looked at what there is.
 */
export type ScanSign = 'silent' | 'foreign' | 'login' | 'relayTest' | 'userTest' | 'features';

/** A session that ended, kept as evidence whether or not it brought a message. */
export interface SessionFacts extends KnownOfSession {
  readonly intake: IntakeName;
  readonly openedAt: string;
  readonly closedAt: string;
  readonly endedBy: SessionEnd;
  readonly commands: number;
  readonly errors: number;
  readonly messages: number;
  readonly bytesIn: number;
  readonly tlsFailure?: TlsFailure;
  /** The rules that matched before any message. */
  readonly rules?: readonly RuleMatch[];
  /** Present when it brought no message. */
  readonly scan?: ScanSign;
}

export type SessionEnd = 'quit' | 'peer' | 'timeout' | 'limit' | 'rule' | 'shutdown' | 'fault';
