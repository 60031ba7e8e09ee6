import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Capture, CaptureFacts, Content } from '../capture/capture.ts';
import type { Document, Page } from '../monitor/sensor-view.ts';
import { viewMessage } from '../mime/message-view.ts';
import { HeaderSection } from '../mime/header-section.ts';
import { outlineOf, type OutlineEntry, type Part } from '../mime/parts.ts';
import { undoTransferEncoding } from '../mime/transfer-encoding.ts';
import { defanged } from '../text/defang.ts';
import { hexLines } from '../text/hex.ts';
import { formatSize } from '../text/units.ts';
import { captureText } from './capture-text.ts';
import type { Kept } from './look-at-journal.ts';

/** What is taken apart of a message; the rest of a larger one is said to be there. */
const mostRead = 8 * 2 ** 20;
const mostHex = 64 * 2 ** 10;
const mostLines = 20_000;
/** A line of a message may be as long as it likes; nobody reads on for so long. */
const foldAt = 200;

/** A message to be read: what is known of it, then everything that is in it. */
export async function messageDocument(kept: Kept): Promise<Document> {
  const { facts, content } = kept;
  const pages = content ? contentPages(facts, content) : [];
  const title = `${facts.id}  ${facts.envelope.from || '<>'} → ${facts.envelope.to.join(', ')}`;
  return { title, pages: [await knownPage(facts), ...pages], copied: facts.sha256 };
}

async function knownPage(facts: CaptureFacts): Promise<Page> {
  const lines: string[] = [];
  for await (const line of captureText({ facts })) {
    // What follows is about its content.
    if (line === '') break;
    lines.push(line);
  }
  return { name: 'known', lines };
}

function contentPages({ size }: CaptureFacts, content: Capture['content']): readonly Page[] {
  const bytes = readContent(content, mostRead);
  const view = viewMessage({ head: bytes, tail: Buffer.alloc(0), size: bytes.length });
  const outline = outlineOf(new HeaderSection(bytes), bytes);
  const rest = size > bytes.length ? [`… ${formatSize(size - bytes.length)} more, which are not taken apart`] : [];
  return [
    { name: 'headers', lines: view.headerFields.flatMap(({ name, value }) => folded(`${name}: ${value}`)) },
    { name: 'text', lines: [...view.text.split(/\r?\n/).slice(0, mostLines).flatMap(folded), ...rest] },
    { name: 'parts', lines: [...outline.flatMap(outlineLines), ...rest] },
    { name: 'urls', lines: orNone(view.urls.map(defanged).flatMap(folded)) },
    { name: 'hex', lines: [...hexLines(bytes.subarray(0, mostHex)), ...(size > mostHex ? ['…'] : [])] },
  ];
}

function orNone(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['none'] : lines;
}

function outlineLines({ depth, type, part }: OutlineEntry): readonly string[] {
  const indent = '  '.repeat(depth);
  if (part === undefined) return [`${indent}${type}`];
  const decoded = undoTransferEncoding(part.body, part.encoding);
  const name = part.fileName === undefined ? '' : `  "${part.fileName}"`;
  const about = [formatSize(decoded.length), part.encoding, part.charset].filter(
    (word) => word !== undefined && word !== '',
  );
  const first = `${indent}${type}${name}  ${about.join(', ')}`;
  return isHashed(part) ? [first, `${indent}  sha256 ${createHash('sha256').update(decoded).digest('hex')}`] : [first];
}

function isHashed({ isAttachment }: Part): boolean {
  return isAttachment;
}

function folded(text: string): readonly string[] {
  if (text.length <= foldAt) return [text];
  return Array.from({ length: Math.ceil(text.length / foldAt) }, (_, index) => {
    return text.slice(index * foldAt, (index + 1) * foldAt);
  });
}

function readContent(content: Content, most: number): Buffer {
  if (content.kind === 'bytes') return content.bytes.subarray(0, most);
  const bytes = Buffer.alloc(Math.min(content.size, most));
  const file = openSync(content.path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}
