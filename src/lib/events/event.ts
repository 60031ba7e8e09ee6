import type {
  IntakeName,
  PeerText,
  ScanSign,
  SessionEnd,
  SourceHints,
  TlsFacts,
  TlsFailure,
  TriedCredentials,
} from '../capture/capture.ts';
import type { RuleHook, RuleKind } from '../capture/rule-match.ts';

/**
 * Everything that can be told, as one closed union. The keys are flat and stable: as JSON lines they are an interface
 * (docs/events.md). Values of type PeerText come from peers and may hold anything.
 */
export type Event =
  | {
      readonly event: 'listening';
      readonly intake: IntakeName;
      /** An IP address, or the path of a Unix socket; that has port 0. */
      readonly address: string;
      readonly port: number;
      readonly tls: 'none' | 'starttls' | 'implicit';
    }
  | { readonly event: 'ready'; readonly dataDir: string }
  | { readonly event: 'stopping'; readonly why: string }
  | { readonly event: 'stopped' }
  | { readonly event: 'failed'; readonly code: string; readonly message: string; readonly fix: string }
  | {
      readonly event: 'session.opened';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly peerPort: number;
    }
  | {
      readonly event: 'session.closed';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly endedBy: SessionEnd;
      readonly messages: number;
      readonly commands: number;
      readonly errors: number;
      readonly helo?: PeerText | undefined;
      readonly scan?: ScanSign | undefined;
    }
  | {
      readonly event: 'session.failed';
      readonly intake: IntakeName;
      readonly session: string;
      readonly detail: string;
    }
  | ({
      readonly event: 'login.tried';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
    } & TriedCredentials)
  | ({
      readonly event: 'tls.started';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
    } & TlsFacts)
  | ({
      readonly event: 'tls.failed';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
    } & TlsFailure)
  | {
      readonly event: 'limit.reached';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      /** The key of the setting. */
      readonly limit: string;
    }
  | { readonly event: 'proxy.failed'; readonly intake: IntakeName; readonly peer: string; readonly detail: string }
  | {
      readonly event: 'certificate.loaded';
      readonly subject: string;
      readonly notAfter: string;
      readonly fingerprint: string;
    }
  | { readonly event: 'certificate.refused'; readonly detail: string }
  | { readonly event: 'session.rejected'; readonly intake: IntakeName; readonly peer: string; readonly limit: string }
  | {
      readonly event: 'capture.accepted';
      readonly intake: IntakeName;
      readonly id: string;
      readonly session: string;
      readonly peer: string;
      readonly from: PeerText;
      readonly to: PeerText;
      readonly recipients: number;
      readonly size: number;
      readonly sha256: string;
      /** Decoded, and cut where it is long; missing where there is none. */
      readonly subject?: PeerText | undefined;
      readonly tags?: readonly string[] | undefined;
      /** The names of the rules that matched. */
      readonly rules?: readonly string[] | undefined;
    }
  | {
      readonly event: 'capture.refused';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly why: 'full' | 'failed' | 'busy' | 'closed';
      readonly detail: string;
    }
  | {
      readonly event: 'rule.matched';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly rule: string;
      readonly kind: RuleKind;
      readonly hook: RuleHook;
      readonly because: string;
    }
  | { readonly event: 'rules.loaded'; readonly file: string; readonly revision: string; readonly rules: number }
  /** A changed file of rules is no good; those before it stay. */
  | { readonly event: 'rules.refused'; readonly file: string; readonly detail: string }
  | {
      readonly event: 'rules.unasked';
      readonly intake: IntakeName;
      readonly session: string;
      readonly peer: string;
      readonly patterns: number;
    }
  | {
      readonly event: 'rules.failed';
      readonly intake: IntakeName;
      readonly session: string;
      readonly detail: string;
    }
  | {
      readonly event: 'probe.held';
      readonly id: string;
      readonly rule: string;
      readonly recipients: readonly PeerText[];
      readonly reason: string;
    }
  | {
      readonly event: 'probe.relayed';
      readonly id: string;
      readonly rule: string;
      /** Those to whom it went. */
      readonly recipients: readonly PeerText[];
      readonly server: string;
      readonly reply: PeerText;
      readonly reason: string;
    }
  | {
      readonly event: 'probe.refused';
      readonly id: string;
      readonly rule: string;
      readonly recipients: readonly PeerText[];
      readonly reason: string;
    }
  /** The mail server within the program took what the relay sent. */
  | {
      readonly event: 'sandbox.received';
      readonly id: string;
      readonly from: PeerText;
      readonly recipients: readonly PeerText[];
      readonly size: number;
    }
  | {
      readonly event: 'desk.opened';
      readonly mode: 'review' | 'sandbox' | 'test' | 'live';
      readonly waiting: number;
      /** Why the mode is not the one that was asked for, or why nothing is sent. */
      readonly but?: string | undefined;
    }
  | { readonly event: 'desk.closed'; readonly detail: string }
  | { readonly event: 'journal.recovered'; readonly segment: number; readonly cutBytes: number }
  | {
      readonly event: 'journal.refusing';
      readonly why: 'full' | 'failed' | 'busy' | 'closed';
      readonly detail: string;
    }
  | { readonly event: 'journal.resumed' }
  | { readonly event: 'journal.rotated'; readonly segment: number }
  | { readonly event: 'journal.removed'; readonly segment: number; readonly bytes: number }
  | { readonly event: 'journal.untidy'; readonly detail: string }
  | {
      readonly event: 'output.opened';
      readonly output: string;
      readonly segment: number;
      readonly offset: number;
      readonly paused: boolean;
    }
  | { readonly event: 'output.delivered'; readonly output: string; readonly count: number; readonly lastId: string }
  | {
      readonly event: 'output.failed';
      readonly output: string;
      readonly detail: string;
      readonly attempt: number;
      readonly retryInMs: number;
    }
  | { readonly event: 'output.quarantined'; readonly output: string; readonly id: string; readonly detail: string }
  | {
      readonly event: 'output.skipped';
      readonly output: string;
      readonly fromSegment: number;
      readonly toSegment: number;
    }
  | { readonly event: 'output.restarted'; readonly output: string; readonly detail: string }
  /** Something that was confirmed was lost at the other side; it is delivered again. */
  | { readonly event: 'output.takenBack'; readonly output: string; readonly detail: string }
  /** Where it publishes is not as it should be; it goes on all the same. */
  | { readonly event: 'output.doubted'; readonly output: string; readonly detail: string }
  /** A broker has shown that it is there and confirms. */
  | {
      readonly event: 'output.connected';
      readonly output: string;
      readonly broker: PeerText;
      readonly address: string;
      readonly port: number;
      readonly confirmedBy: string;
    }
  | {
      readonly event: 'broker.listening';
      readonly address: string;
      readonly port: number;
      readonly tls: 'none' | 'implicit';
    }
  | { readonly event: 'users.loaded'; readonly source: string; readonly users: number }
  /** A changed source of users is no good; those before it stay. */
  | { readonly event: 'users.refused'; readonly source: string; readonly detail: string }
  | { readonly event: 'users.exposed'; readonly source: string }
  | {
      readonly event: 'broker.joined';
      readonly peer: string;
      readonly peerPort: number;
      readonly ident: PeerText;
    }
  | {
      readonly event: 'broker.left';
      readonly peer: string;
      readonly peerPort: number;
      readonly ident: PeerText;
    }
  | {
      readonly event: 'broker.refused';
      readonly peer: string;
      readonly peerPort: number;
      readonly ident?: PeerText | undefined;
      readonly category: string;
      readonly detail: PeerText;
    }
  | {
      readonly event: 'broker.slow';
      readonly peer: string;
      readonly peerPort: number;
      readonly ident: PeerText;
      readonly backlog: number;
    }
  | {
      readonly event: 'broker.recovered';
      readonly peer: string;
      readonly peerPort: number;
      readonly ident: PeerText;
      readonly dropped: number;
    }
  | { readonly event: 'broker.rejected'; readonly peer: string; readonly limit: string }
  | {
      readonly event: 'broker.failed';
      readonly peer: string;
      readonly ident?: PeerText | undefined;
      readonly detail: string;
    }
  /** The server lets us in. */
  | {
      readonly event: 'mailbox.opened';
      readonly mailbox: string;
      readonly host: string;
      readonly folders: readonly string[];
      /** What was asked for, and is not there. */
      readonly missing: readonly string[];
    }
  | {
      readonly event: 'mailbox.collected';
      readonly mailbox: string;
      readonly folder: string;
      readonly count: number;
      /** In the journal, and not yet with all outputs that have to have them. */
      readonly waiting: number;
    }
  | {
      readonly event: 'mailbox.acted';
      readonly mailbox: string;
      readonly folder: string;
      readonly action: 'seen' | 'flag' | 'move' | 'delete';
      readonly count: number;
    }
  /** A message that is not collected, and stays as it is. */
  | {
      readonly event: 'mailbox.left';
      readonly mailbox: string;
      readonly folder: string;
      readonly uid: string;
      readonly detail: string;
    }
  | {
      readonly event: 'mailbox.renumbered';
      readonly mailbox: string;
      readonly folder: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly event: 'mailbox.failed';
      readonly mailbox: string;
      readonly why: string;
      readonly detail: string;
      readonly attempt: number;
      readonly retryInMs: number;
    }
  /** The login was refused again: it is not tried any more until something changes. */
  | { readonly event: 'mailbox.locked'; readonly mailbox: string; readonly detail: string; readonly retryInMs: number }
  /** The mailboxes that the configuration names, now or again. */
  | {
      readonly event: 'mailboxes.loaded';
      readonly mailboxes: number;
      readonly added: readonly string[];
      readonly changed: readonly string[];
      readonly removed: readonly string[];
    }
  | { readonly event: 'mailboxes.refused'; readonly detail: string }
  /** What was known of mailboxes had to be read from the journal again. */
  | { readonly event: 'mailboxes.reread'; readonly detail: string }
  /** This sensor knows of the others, and they of it. */
  | {
      readonly event: 'cluster.joined';
      readonly cluster: string;
      readonly server: string;
      readonly address: string;
      readonly port: number;
    }
  | { readonly event: 'cluster.lost'; readonly detail: string; readonly retryInMs: number }
  /** Mailboxes that several could collect have come or gone. */
  | {
      readonly event: 'cluster.allotted';
      readonly why: 'allotted' | 'lost' | 'stopping';
      readonly named: number;
      readonly held: number;
      readonly taken: number;
      readonly left: number;
    }
  /** The end of a run over all mailboxes. */
  | {
      readonly event: 'collect.finished';
      readonly outcome: 'done' | 'partly' | 'failed';
      readonly mailboxes: number;
      readonly failed: readonly string[];
      readonly found: number;
      readonly kept: number;
      readonly again: number;
      readonly handedOver: number;
      readonly acted: number;
      readonly waiting: number;
      readonly left: number;
      readonly vanished: number;
      readonly bytes: number;
    }
  /** A maildir is followed. */
  | {
      readonly event: 'maildir.opened';
      readonly maildir: string;
      readonly folders: number;
      /** Who says that something has come. */
      readonly told: 'by the system' | 'by looking';
    }
  /** A message came into a maildir that is only looked at. */
  | {
      readonly event: 'maildir.message';
      readonly maildir: string;
      readonly folder: string;
      readonly name: PeerText;
      readonly size: number;
      readonly arrivedAt: string;
      readonly subject?: PeerText | undefined;
      readonly from?: PeerText | undefined;
      readonly to?: PeerText | undefined;
      readonly date?: PeerText | undefined;
      readonly hints?: SourceHints | undefined;
    }
  /** Something in a maildir that is not taken, and stays as it is. */
  | {
      readonly event: 'maildir.left';
      readonly maildir: string;
      readonly folder: string;
      readonly name: PeerText;
      readonly detail: string;
    }
  | { readonly event: 'maildir.failed'; readonly maildir: string; readonly detail: string; readonly retryInMs: number }
  /** The configuration was read again. What it says anew of `later` holds from the next start on. */
  | { readonly event: 'configuration.loaded'; readonly file: string; readonly later: readonly string[] }
  /** A changed configuration is no good; what it said before holds. */
  | { readonly event: 'configuration.refused'; readonly detail: string }
  /** Somebody who watched or steered was sent away. */
  | { readonly event: 'control.dropped'; readonly detail: string }
  /** There is no control socket; everything else is as it would be. */
  | { readonly event: 'control.failed'; readonly detail: string }
  /** The console that began with the sensor; "spamtrap monitor" opens another. */
  | { readonly event: 'console.closed'; readonly why: string }
  /** The process that keeps the index up to date is gone; it is started again. Nothing is lost: it is made from the journal. */
  | { readonly event: 'index.failed'; readonly why: string; readonly retryInMs: number }
  | { readonly event: 'health.listening'; readonly address: string; readonly port: number }
  | { readonly event: 'output.unconfigured'; readonly output: string }
  | { readonly event: 'events.dropped'; readonly count: number };

export type EventName = Event['event'];
export type EventOf<Name extends EventName> = Extract<Event, { readonly event: Name }>;

/** An event with the moment it was told, ISO 8601 UTC. */
export type TimedEvent = { readonly time: string } & Event;

export type Emit = (event: Event) => void;
