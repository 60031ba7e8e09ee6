import type { PeerText } from '../../capture/capture.ts';
import type { Endpoint } from './endpoint.ts';
import type { Phase } from './phase.ts';
import type { Reply } from './reply.ts';
import type { OpenRoute } from './route.ts';
import type { TlsReport } from './start-tls.ts';
import type { Verdict } from './verdict.ts';

// All of it is data and survives JSON. What servers say in it is peer text.

export type RelayOutcome =
  /** A server has taken the message, for at least one recipient. */
  | 'relayed'
  /** A server, DNS or a rule of ours has said no. */
  | 'refused'
  /** Nobody could be asked; no message has left. */
  | 'unreachable'
  /** The whole message has left and no answer came: it may have been taken, and must not be sent again. */
  | 'uncertain';

export interface RecipientReport {
  readonly address: PeerText;
  /** Whether the server took the recipient; of the message itself the outcome tells. */
  readonly accepted: boolean;
  readonly reply?: Reply;
}

/** One server at one address, in the order in which they were tried. */
export interface AttemptReport {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly ms: number;
  readonly host: string;
  readonly port: number;
  readonly address?: string;
  /** Without a connection: `forbidden` by the policy for addresses, `passedOver` for want of one. */
  readonly result: Verdict['is'] | 'forbidden' | 'passedOver';
  readonly why: string;
  readonly phase?: Phase;
  readonly reply?: Reply;
  readonly tls?: TlsReport;
  /** What was said to STARTTLS where that was no. */
  readonly tlsRefusal?: Reply;
  readonly quit?: Reply;
  readonly exception?: string;
}

export interface ContentReport {
  readonly size: number;
  readonly sha256: string;
  /** In what it differs from the capture; empty when it is the same to the byte. */
  readonly changes: readonly string[];
}

export interface RelayReport {
  readonly outcome: RelayOutcome;
  readonly why: string;
  readonly recipients: readonly RecipientReport[];
  /** Whether the final dot has left for a server. */
  readonly dotSent: boolean;
  /** What was sent, or would have been. */
  readonly content?: ContentReport;
  /** How the servers were found. */
  readonly by?: OpenRoute['by'];
  /** The server that decided, and what it said; of the others the attempts tell. */
  readonly server?: Endpoint;
  readonly tls?: TlsReport;
  readonly reply?: Reply;
  /** The name of the message at the server that took it. */
  readonly queueId?: PeerText;
  readonly quit?: Reply;
  readonly exception?: string;
  readonly attempts: readonly AttemptReport[];
}
