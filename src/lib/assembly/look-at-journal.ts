import { createReadStream } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Capture, CaptureFacts } from '../capture/capture.ts';
import { isId } from '../capture/id.ts';
import { exitCodes, Fault } from '../errors.ts';
import { journalEnd } from '../journal/ends.ts';
import type { JournalLayout } from '../journal/layout.ts';
import { origin } from '../journal/position.ts';
import { JournalReader, type CaptureEntry, type Entry, type EvidenceEntry } from '../journal/reader.ts';
import { printable, printableWithin } from '../text/printable.ts';
import { formatSize } from '../text/units.ts';
import { existingJournal } from './data-dirs.ts';

export interface ListOptions {
  readonly dataDir: string | undefined;
  readonly last: number | undefined;
  readonly kinds: readonly Entry['kind'][];
}

/** The entries of a journal, oldest first, while a sensor may be writing to it. */
export function* listJournal({ dataDir, last, kinds }: ListOptions): Generator<Entry> {
  const wanted = entriesOf(existingJournal(dataDir).layout, kinds);
  if (last === undefined) return yield* wanted;
  const newest: Entry[] = [];
  for (const entry of wanted) {
    newest.push(withoutContent(entry));
    if (newest.length > last) newest.shift();
  }
  yield* newest;
}

export function entryRecord(entry: Entry): object {
  if (entry.kind === 'session') return { kind: entry.kind, id: entry.id, ...entry.session };
  return { kind: entry.kind, ...factsOf(entry) };
}

export function entryLine(entry: Entry): string {
  if (entry.kind === 'session') {
    const { closedAt, peer, messages, endedBy, scan } = entry.session;
    const what = `${messages} messages${scan ? ` (${scan})` : ''}, ended by ${endedBy}`;
    return `${entry.id}  ${closedAt.slice(0, 19)}  ${peer.address}  session: ${what}`;
  }
  const { id, receivedAt, evidence, source, envelope, size } = factsOf(entry);
  const peer = (evidence?.peer.address ?? '').padEnd(15);
  const more = envelope.to.length > 1 ? ` +${envelope.to.length - 1}` : '';
  const from = printableWithin(envelope.from || '<>', 40);
  const to = printableWithin(envelope.to[0] ?? '', 40);
  const start = `${id}  ${receivedAt.slice(0, 19)}  ${peer}  ${formatSize(size).padStart(9)}`;
  if (source) return `${start}  ${printableWithin(source.account, 60)}, ${printableWithin(source.folder, 40)}`;
  return `${start}  ${from} → ${to}${more}`;
}

/** A message as the journal has it; without content where a rule let only the evidence be kept. */
export type Kept = Capture | { readonly facts: CaptureFacts; readonly content?: undefined };

/** Every message of a journal, oldest first. */
export function* journalMessages(dataDir: string | undefined): Generator<Kept> {
  for (const entry of entriesOf(existingJournal(dataDir).layout, ['capture', 'evidence'])) {
    if (entry.kind === 'session') continue;
    yield entry.kind === 'capture' ? entry.capture : { facts: entry.facts };
  }
}

/** One message, by its id or the beginning of it. */
export function findMessage(dataDir: string | undefined, id: string): Kept {
  const matches: Kept[] = [];
  for (const message of journalMessages(dataDir)) {
    if (!message.facts.id.startsWith(id.toUpperCase())) continue;
    matches.push(message);
    if (matches.length > 1) break;
  }
  const [found, another] = matches;
  if (found && !another) return found;
  throw new Fault(`${found ? 'Several messages' : 'No message'} in the journal: ${printable(id)}.`, {
    code: found ? 'journal.ambiguous' : 'journal.no-such-message',
    fix: '"spamtrap journal list" shows the ids that there are.',
  });
}

export interface Exported {
  readonly files: readonly string[];
  readonly missing: readonly string[];
}

/** Writes messages, byte for byte, to `<directory>/<id>.eml`; all of them when no ids are given. */
export async function exportMessages(
  dataDir: string | undefined,
  ids: readonly string[],
  directory: string,
): Promise<Exported> {
  for (const id of ids) {
    if (isId(id)) continue;
    throw new Fault(`${printable(id)} is no message id.`, {
      code: 'journal.id',
      fix: 'Ids have 26 characters; "spamtrap journal list" shows them.',
      exit: exitCodes.usage,
    });
  }
  const missing = new Set(ids);
  const files: string[] = [];
  const { layout } = existingJournal(dataDir);
  await mkdir(directory, { recursive: true });
  for (const entry of entriesOf(layout, ['capture'])) {
    if (entry.kind !== 'capture') continue;
    const { facts, content } = entry.capture;
    if (ids.length > 0 && !missing.delete(facts.id)) continue;
    const path = join(directory, `${facts.id}.eml`);
    if (content.kind === 'bytes') await writeFile(path, content.bytes, { mode: 0o600 });
    else await copyFile(content.path, path);
    files.push(path);
  }
  return { files, missing: [...missing] };
}

export function contentStream({ facts, content }: Kept): Readable {
  if (content === undefined) {
    throw new Fault(`Of message ${facts.id} a rule let only the evidence be kept.`, {
      code: 'journal.no-content',
      fix: 'Without --raw, or with --json, "spamtrap journal show" shows what there is.',
    });
  }
  return content.kind === 'bytes' ? Readable.from([content.bytes]) : createReadStream(content.path);
}

function factsOf(entry: CaptureEntry | EvidenceEntry): CaptureFacts {
  return entry.kind === 'capture' ? entry.capture.facts : entry.facts;
}

function* entriesOf(layout: JournalLayout, kinds: readonly Entry['kind'][]): Generator<Entry> {
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, origin, () => end);
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      if (kinds.includes(entry.kind)) yield entry;
    }
  } finally {
    reader.close();
  }
}

// The newest entries are held until the end is reached, and their bytes would hold whole chunks of the journal.
function withoutContent(entry: Entry): Entry {
  if (entry.kind !== 'capture') return entry;
  const { facts } = entry.capture;
  return { ...entry, capture: { facts, content: { kind: 'bytes', bytes: Buffer.alloc(0) } } };
}
