import type { PeerText } from '../capture/capture.ts';
import type { RelayReport } from './relay/report.ts';

/** One message for the recipients of one domain. It is handed over once and never again. */
export interface RelayJob {
  readonly id: string;
  readonly from: PeerText;
  readonly to: readonly string[];
  readonly domain: string;
  readonly content: Buffer;
}

/** Sends. It asks `mayStill` right before each connection, and opens none when the answer is no. */
export type Relay = (job: RelayJob, mayStill: () => boolean, signal: AbortSignal) => Promise<RelayReport>;
