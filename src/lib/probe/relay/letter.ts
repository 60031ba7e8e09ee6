import type { PeerText } from '../../capture/capture.ts';
import type { Repair } from './prepare-content.ts';

/** A message to be relayed, with the envelope as it was given. */
export interface Letter {
  readonly from: PeerText;
  readonly to: readonly PeerText[];
  /** The exact bytes of the capture. */
  readonly content: Buffer;
  /** Our own name, as a server will hear it. */
  readonly heloName: string;
  readonly repairs?: readonly Repair[];
}
