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

/** What is known of the session that brought a message. */
export interface SessionEvidence {
  readonly session: string;
  readonly peer: Address;
  readonly local: Address;
  readonly protocol: 'SMTP' | 'ESMTP';
  readonly helo?: PeerText;
  /** What the peer declared with MAIL and RCPT beside the addresses, e.g. `BODY=8BITMIME`. */
  readonly parameters?: readonly PeerText[];
}

/** What an intake knows when it asks the journal to keep a message. */
export interface CaptureOrigin {
  readonly intake: IntakeName;
  readonly envelope: Envelope;
  readonly evidence?: SessionEvidence;
  /** The name by which the peer was told its message: `queued as …`. */
  readonly queueId?: string;
  /** The host name under which the sensor showed itself to the peer. */
  readonly host?: string;
  /** The mail folder a rule chose; absent means the inbox. */
  readonly folder?: string;
  readonly tags?: readonly string[];
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

/** A session that ended, kept as evidence whether or not it brought a message. */
export interface SessionFacts {
  readonly session: string;
  readonly intake: IntakeName;
  readonly peer: Address;
  readonly local: Address;
  readonly openedAt: string;
  readonly closedAt: string;
  readonly endedBy: SessionEnd;
  readonly commands: number;
  readonly errors: number;
  readonly messages: number;
  readonly bytesIn: number;
  readonly helo?: PeerText;
}

export type SessionEnd = 'quit' | 'peer' | 'timeout' | 'limit' | 'shutdown' | 'fault';
