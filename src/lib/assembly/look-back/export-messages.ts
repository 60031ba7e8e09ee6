import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import type { Capture } from '../../capture/capture.ts';
import { exitCodes, Fault } from '../../errors.ts';
import { Gathering } from '../../export/gather-indicators.ts';
import { indicatorHead, indicatorRow, type Writing } from '../../export/indicator-csv.ts';
import { mboxEntry } from '../../export/mbox.ts';
import { mispEvent } from '../../export/misp.ts';
import { stixBundle } from '../../export/stix.ts';
import { makeDirectory, syncDirectory, writeContent } from '../../files/synced.ts';
import type { Found } from '../../index/found.ts';
import { journalEnd } from '../../journal/ends.ts';
import { JournalReader } from '../../journal/reader.ts';
import { origin } from '../../journal/position.ts';
import { Maildir } from '../../maildir/maildir.ts';
import { publicAddresses } from '../../net/public-address.ts';
import { parseQuery } from '../../query/parse-query.ts';
import type { LookBack } from './open-look-back.ts';

export const exportFormats = ['mbox', 'maildir', 'eml', 'csv', 'misp', 'stix'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface Export {
  readonly filter: string;
  readonly format: ExportFormat;
  /** A file or a folder; without one, standard output. */
  readonly out: string | undefined;
  readonly writing: Writing;
  readonly sensor: string;
  /** Hosts that are no indicators. */
  readonly allowed: readonly string[];
}

export interface Exported {
  readonly messages: number;
  /** Messages that the index remembers, and the journal no longer has. */
  readonly gone: number;
  readonly indicators?: number;
}

export async function exportFound(lookBack: LookBack, wanted: Export): Promise<Exported> {
  refuseNonsense(wanted);
  const query = parseQuery(wanted.filter, Date.now());
  const found = () => lookBack.index.all({ query, kinds: ['message', 'evidence'] });
  switch (wanted.format) {
    case 'mbox':
      return exportMbox(lookBack, found(), wanted.out);
    case 'maildir':
      return exportMaildir(lookBack, found(), wanted.out!);
    case 'eml':
      return exportFiles(lookBack, found(), wanted.out!);
    default:
      return exportIndicators(found(), wanted);
  }
}

async function exportMbox(lookBack: LookBack, found: Iterable<Found>, out: string | undefined): Promise<Exported> {
  const to = openOut(out);
  const counts = await eachCapture(lookBack, found, async ({ facts, content }) => {
    const bytes = content.kind === 'bytes' ? content.bytes : readFileSync(content.path);
    await write(to, mboxEntry(bytes, facts.envelope.from, new Date(facts.receivedAt)));
  });
  await closeOut(to);
  return counts;
}

async function exportMaildir(lookBack: LookBack, found: Iterable<Found>, out: string): Promise<Exported> {
  const maildir = new Maildir(out);
  const cur = join(maildir.directoryOf(undefined), 'cur');
  const counts = await eachCapture(lookBack, found, async ({ facts, content }) => {
    const name = `${Math.floor(Date.parse(facts.receivedAt) / 1_000)}.${facts.id}.spamtrap,S=${facts.size}:2,`;
    writeContent(join(cur, name), content);
  });
  syncDirectory(cur);
  return counts;
}

async function exportFiles(lookBack: LookBack, found: Iterable<Found>, out: string): Promise<Exported> {
  makeDirectory(out);
  const counts = await eachCapture(lookBack, found, async ({ facts, content }) => {
    writeContent(join(out, `${facts.id}.eml`), content);
  });
  syncDirectory(out);
  return counts;
}

async function exportIndicators(found: Iterable<Found>, wanted: Export): Promise<Exported> {
  const gathering = new Gathering(publicAddresses([]), wanted.allowed);
  let messages = 0;
  let at = 0;
  for (const message of found) {
    gathering.add(message);
    messages++;
    at = Math.max(at, Date.parse(message.time));
  }
  const indicators = gathering.all();
  if (wanted.format !== 'csv' && indicators.length > mostInDocument) throw tooMany(indicators.length);
  const to = openOut(wanted.out);
  const title = `Unwanted mail seen by ${wanted.sensor}${wanted.filter === '' ? '' : `: ${wanted.filter}`}`;
  const reported = { sensor: wanted.sensor, title, indicators, at };
  if (wanted.format === 'csv') {
    await write(to, `${indicatorHead}\n`);
    for (const indicator of indicators) await write(to, `${indicatorRow(indicator, wanted.writing)}\n`);
  } else {
    const document = wanted.format === 'misp' ? mispEvent(reported) : stixBundle(reported);
    await write(to, `${JSON.stringify(document, undefined, 2)}\n`);
  }
  await closeOut(to);
  return { messages, gone: 0, indicators: indicators.length };
}

/** More than any platform takes in one document. */
const mostInDocument = 100_000;

function tooMany(count: number): Fault {
  return new Fault(`That would be ${count} indicators in one document, and nobody takes more than ${mostInDocument}.`, {
    code: 'export.too-many',
    fix: 'Narrow the filter, for example with since: and until:, or write --format csv.',
    exit: exitCodes.usage,
  });
}

/** The messages themselves, from the journal, in one pass: both are in the same order. */
async function eachCapture(
  { layout }: LookBack,
  found: Iterable<Found>,
  take: (capture: Capture) => Promise<void>,
): Promise<Exported> {
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, origin, () => end);
  let messages = 0;
  let gone = 0;
  try {
    let entry = reader.next();
    for (const { id, kind } of found) {
      while (entry !== undefined && (entry.kind !== 'capture' || entry.capture.facts.id < id)) entry = reader.next();
      if (kind === 'evidence') continue;
      if (entry?.kind === 'capture' && entry.capture.facts.id === id) {
        await take(entry.capture);
        messages++;
      } else gone++;
    }
  } finally {
    reader.close();
  }
  return { messages, gone };
}

function refuseNonsense({ format, out, writing }: Export): void {
  const isFolder = format === 'maildir' || format === 'eml';
  if (isFolder && out === undefined) {
    throw usage(`--format ${format} writes files.`, 'Name their folder with --out.');
  }
  if (writing === 'defanged' && format !== 'csv') {
    throw usage(
      `--defang is for CSV: ${format} is read by programs, which would find nothing by such addresses.`,
      'Leave --defang out, or write --format csv.',
    );
  }
  if (!isFolder && out !== undefined && existsSync(out)) {
    throw usage(`${out} is there already.`, 'Name another file, or remove that one.');
  }
}

function openOut(out: string | undefined): Writable {
  return out === undefined ? process.stdout : createWriteStream(out, { flags: 'wx', mode: 0o600 });
}

async function write(to: Writable, data: string | Buffer): Promise<void> {
  if (!to.write(data)) await once(to, 'drain');
}

async function closeOut(to: Writable): Promise<void> {
  if (to === process.stdout) return;
  to.end();
  await finished(to);
}

function usage(message: string, fix: string): Fault {
  return new Fault(message, { code: 'usage', fix, exit: exitCodes.usage });
}
