import { closeSync, openSync, readSync } from 'node:fs';
import type { Content } from '../../capture/capture.ts';
import { reason } from '../../errors.ts';
import type { IndexRecord } from '../../index/record.ts';
import type { Entry } from '../../journal/reader.ts';
import { fingerprintOf } from '../../likeness/fingerprint.ts';
import { contentsOf, type Gap } from '../../mime/contents.ts';

/** So much of a message is taken apart. */
const mostRead = 32 * 2 ** 20;
/** What is looked at of a text to say what is in it. */
const mostText = 4_000;

const gapWords: Readonly<Record<Gap, string>> = {
  size: 'it is larger than is looked at',
  headers: 'it has more header fields than are looked at',
  parts: 'it has more parts than are looked at',
  depth: 'its parts are nested deeper than is looked at',
  links: 'it has more links than are looked at',
};

/** What the index takes of an entry of the journal. A message that cannot be read is there all the same. */
export function describeEntry(entry: Entry): IndexRecord {
  if (entry.kind !== 'capture') return withoutContents(entry, '');
  const { facts, content } = entry.capture;
  try {
    const bytes = readContent(content);
    const { html, gaps, ...contents } = contentsOf(bytes, facts.size);
    const print = fingerprintOf({ ...contents, html });
    const described = { ...contents, text: contents.text.slice(0, mostText), print };
    return { kind: 'message', facts, contents: described, gap: gaps.map((gap) => gapWords[gap]).join('; ') };
  } catch (error) {
    return withoutContents(entry, `it could not be read: ${reason(error)}`);
  }
}

/** An entry of which only the facts are known, and why. */
export function withoutContents(entry: Entry, gap: string): IndexRecord {
  if (entry.kind === 'session') return { kind: 'session', id: entry.id, session: entry.session };
  if (entry.kind === 'evidence') return { kind: 'evidence', facts: entry.facts, gap };
  return { kind: 'message', facts: entry.capture.facts, gap };
}

function readContent(content: Content): Buffer {
  if (content.kind === 'bytes') return content.bytes.subarray(0, mostRead);
  const bytes = Buffer.alloc(Math.min(content.size, mostRead));
  const file = openSync(content.path, 'r');
  try {
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
