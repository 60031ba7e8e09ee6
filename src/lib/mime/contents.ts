import { createHash } from 'node:crypto';
import { addressParser } from 'postal-mime';
import { mostFields } from './header-section.ts';
import { viewMessage, type MessageView } from './message-view.ts';
import { mostParts, type OutlineEntry, type Part } from './parts.ts';
import { undoTransferEncoding } from './transfer-encoding.ts';
import { mostUrls } from './urls.ts';

export interface AttachedFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Of the file, as it comes out of its transfer encoding. */
  readonly sha256: string;
}

/** What a message has in it, as somebody would find it who opens it. */
export interface Contents {
  readonly subject: string | undefined;
  readonly messageId: string | undefined;
  /** Addresses in From, Sender and Reply-To. */
  readonly authors: readonly string[];
  /** Addresses in To and Cc. */
  readonly readers: readonly string[];
  readonly text: string;
  readonly html: string;
  readonly urls: readonly string[];
  readonly attachments: readonly AttachedFile[];
  /** What there is more of than was looked at. */
  readonly gaps: readonly Gap[];
}

export type Gap = 'size' | 'headers' | 'parts' | 'depth' | 'links';

const mostAddresses = 1_000;

/** Reads what is there of a message that is so large. */
export function contentsOf(bytes: Buffer, size: number): Contents {
  const view = viewMessage({ head: bytes, tail: Buffer.alloc(0), size: bytes.length });
  return {
    subject: view.subject,
    messageId: view.header('message-id')[0],
    authors: addressesIn(view, ['from', 'sender', 'reply-to']),
    readers: addressesIn(view, ['to', 'cc']),
    text: view.text,
    html: view.html,
    urls: view.urls,
    attachments: view.leaves.filter(({ isAttachment }) => isAttachment).map(attachedFile),
    gaps: gapsOf(view, bytes.length < size),
  };
}

function attachedFile({ fileName, type, body, encoding }: Part): AttachedFile {
  const content = undoTransferEncoding(body, encoding);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name: fileName ?? '', type, size: content.length, sha256 };
}

function addressesIn(view: MessageView, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const value of names.flatMap((name) => view.header(name))) {
    for (const { address } of addressParser(value, { flatten: true })) {
      if (address) found.add(address);
      if (found.size >= mostAddresses) return [...found];
    }
  }
  return [...found];
}

function gapsOf(view: MessageView, isCut: boolean): readonly Gap[] {
  const reasons: Readonly<Record<Gap, boolean>> = {
    size: isCut,
    headers: view.headerFields.length >= mostFields,
    parts: view.outline.length >= mostParts,
    depth: view.outline.some(isUnopened),
    links: view.urls.length >= mostUrls,
  };
  return (Object.keys(reasons) as Gap[]).filter((gap) => reasons[gap]);
}

/** Something that holds parts and was left closed, because it lies too deep. */
function isUnopened({ part, depth }: OutlineEntry): boolean {
  return part !== undefined && depth > 0 && /^(?:multipart\/|message\/rfc822)/.test(part.type) && part.body.length > 0;
}
