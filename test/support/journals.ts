import { randomInt } from 'node:crypto';
import type { Capture, CaptureFacts, CaptureOrigin } from '../../src/lib/capture/capture.ts';
import type { Disk } from '../../src/lib/journal/disk.ts';
import { journalEnd } from '../../src/lib/journal/ends.ts';
import { Journal, type JournalSettings } from '../../src/lib/journal/journal.ts';
import { journalLayout } from '../../src/lib/journal/layout.ts';
import type { JournalNotice } from '../../src/lib/journal/notice.ts';
import { origin } from '../../src/lib/journal/position.ts';
import { JournalReader, type Entry } from '../../src/lib/journal/reader.ts';
import { readFileSync } from 'node:fs';

const MiB = 2 ** 20;

export const roomy: JournalSettings = {
  segmentSize: 64 * MiB,
  retain: { age: 7 * 864e5, size: 10 * 2 ** 30 },
  maxSize: 20 * 2 ** 30,
  diskFloor: 0,
  maxPending: 64 * MiB,
  memory: 128 * MiB,
  spillAt: MiB,
};

export interface Opened {
  readonly journal: Journal;
  readonly notices: JournalNotice[];
}

export async function openJournal(
  dataDir: string,
  {
    settings = {},
    disk,
    now = Date.now,
  }: { settings?: Partial<JournalSettings>; disk?: Disk; now?: () => number } = {},
): Promise<Opened> {
  const notices: JournalNotice[] = [];
  const journal = await Journal.open({
    dataDir,
    settings: { ...roomy, ...settings },
    notify: (notice) => notices.push(notice),
    now,
    randomInt,
    ...(disk && { disk }),
  });
  return { journal, notices };
}

export const someOrigin: CaptureOrigin = {
  intake: 'relay',
  envelope: { from: 'spammer@example.org', to: ['victim@example.net'] },
  queueId: '0123456789A',
  host: 'mail.example.test',
  evidence: {
    session: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    peer: { address: '192.0.2.1', port: 4711 },
    local: { address: '192.0.2.25', port: 25 },
    protocol: 'ESMTP',
    helo: 'relay.example.org',
  },
};

export async function keep(journal: Journal, bytes: Buffer, origin: CaptureOrigin = someOrigin): Promise<CaptureFacts> {
  const draft = journal.draft();
  for (let at = 0; at < bytes.length; at += 60_000) await draft.write(bytes.subarray(at, at + 60_000));
  return draft.accept(origin);
}

/** Everything that a reader finds on disk, without the writer's help. */
export function entriesOnDisk(dataDir: string): Entry[] {
  const layout = journalLayout(dataDir);
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, origin, () => end);
  const entries: Entry[] = [];
  for (let entry = reader.next(); entry !== undefined; entry = reader.next()) entries.push(entry);
  reader.close();
  return entries;
}

export function capturesOnDisk(dataDir: string): Capture[] {
  return entriesOnDisk(dataDir).flatMap((entry) => (entry.kind === 'capture' ? [entry.capture] : []));
}

export function bytesOf({ content }: Capture): Buffer {
  return content.kind === 'bytes' ? content.bytes : readFileSync(content.path);
}
