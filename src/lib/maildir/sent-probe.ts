import type { CaptureFacts, PeerText } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import { localTime } from '../text/time.ts';
import { removeMessages } from './change.ts';
import { findMessages, keptParts } from './find.ts';
import type { Maildir } from './maildir.ts';
import { ownName, uniqueInName } from './name.ts';
import { attemptHeaders, reportHeaders, type RelayReport } from './relay-headers.ts';
import { storeSynced } from './store-synced.ts';
import { traceHeaders } from './trace.ts';

const folder = 'sentProbes';

/** One attempt to relay a probe. */
export interface SentProbe {
  /** What tells this attempt from all others, also from others for the same probe. */
  readonly attempt: Id;
  readonly facts: CaptureFacts;
  /** The message as the sender sent it, whatever of it is relayed. */
  readonly bytes: Buffer;
  /** Those to whom this attempt goes. */
  readonly recipients: readonly PeerText[];
  /** When the attempt began. */
  readonly at: number;
  /** The server named in the Received line. */
  readonly software: string;
}

/** Before anything is sent: a copy that tells of the attempt, and of no outcome. It is on disk once this resolves. */
export async function announceProbe(maildir: Maildir, probe: SentProbe): Promise<void> {
  await store(maildir, probe, announced(probe), []);
}

/** Afterwards: the copy with the outcome takes the place of the one without. May be done again after a crash. */
export async function completeProbe(maildir: Maildir, probe: SentProbe, report: RelayReport): Promise<void> {
  const complete = completed(probe);
  if (!(await exists(maildir, complete))) await store(maildir, probe, complete, reportHeaders(report));
  const isAnnounced = (name: string) => uniqueInName(name) === announced(probe);
  const here = await removeMessages([maildir.directoryOf(folder)], isAnnounced);
  if (!here) await removeMessages(maildir.directories(), isAnnounced);
}

// These must not look like the copies in other folders: their names begin with no id (see idInName).
const announced = ({ attempt }: SentProbe) => `sent-${attempt}-announced`;
const completed = ({ attempt }: SentProbe) => `sent-${attempt}-completed`;

async function store(maildir: Maildir, probe: SentProbe, unique: string, outcome: readonly string[]): Promise<void> {
  const { facts, bytes, recipients, at, software } = probe;
  const lines = [...attemptHeaders(localTime(at), recipients), ...outcome];
  const headers = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8'), traceHeaders(facts, software)]);
  await storeSynced(maildir, folder, ownName(at, unique, headers.length + bytes.length), [headers, bytes]);
}

async function exists(maildir: Maildir, unique: string): Promise<boolean> {
  const found = findMessages([maildir.directoryOf(folder)], keptParts, (name) => uniqueInName(name) === unique);
  for await (const _ of found) return true;
  return false;
}
