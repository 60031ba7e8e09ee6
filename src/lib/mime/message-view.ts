import { HeaderSection, type HeaderField } from './header-section.ts';
import { htmlToText } from './html-text.ts';
import { outlineOf, type OutlineEntry, type Part } from './parts.ts';
import { decodeText } from './charset.ts';
import { undoTransferEncoding } from './transfer-encoding.ts';
import { urlsInText } from './urls.ts';

/** What is held of a message while it comes: its beginning, its end, and how long it is. */
export interface MessageSample {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly size: number;
}

/** How much of each a sample has. */
export const sampleSizes = { head: 384 * 2 ** 10, tail: 64 * 2 ** 10 } as const;

const mostText = 256 * 2 ** 10;
const mostAttachments = 100;

export interface Attachment {
  readonly name: string;
  readonly type: string;
}

/**
 * A light look at a message: enough for rules, bounded whatever comes, and nothing of it worked out before somebody
 * asks.
 */
export class MessageView {
  readonly size: number;
  readonly #bytes: Buffer;
  /** Present where the sample has a gap. */
  readonly #tail: Buffer | undefined;
  #header: HeaderSection | undefined;
  #outline: readonly OutlineEntry[] | undefined;
  #texts: { readonly plain: string; readonly html: string } | undefined;
  #text: string | undefined;
  #urls: readonly string[] | undefined;

  constructor(bytes: Buffer, tail: Buffer | undefined, size: number) {
    this.#bytes = bytes;
    this.#tail = tail;
    this.size = size;
  }

  /** The decoded values of a header field, by its name in lower case. */
  header(name: string): readonly string[] {
    return this.#headerSection.all(name);
  }

  get headerFields(): readonly HeaderField[] {
    return this.#headerSection.fields;
  }

  get subject(): string | undefined {
    return this.#headerSection.first('subject');
  }

  /** What a person would read: the text parts, decoded, with HTML as the text it shows. */
  get text(): string {
    const { plain, html } = this.#decoded;
    this.#text ??= html === '' ? plain : `${plain}\n${htmlToText(html)}`.slice(0, mostText);
    return this.#text;
  }

  /** The HTML parts, decoded. */
  get html(): string {
    return this.#decoded.html;
  }

  /** The text parts that are no HTML, decoded. */
  get plain(): string {
    return this.#decoded.plain;
  }

  get attachments(): readonly Attachment[] {
    return this.leaves
      .filter((part) => part.isAttachment)
      .slice(0, mostAttachments)
      .map(({ fileName, type }) => ({ name: fileName ?? '', type }));
  }

  /** The last lines that are not empty. */
  lastLines(count: number): string {
    const text = this.#tail === undefined ? this.text : decodeText(this.#tail, undefined);
    const lines: string[] = [];
    let end = text.length;
    while (lines.length < count && end > 0) {
      const start = text.lastIndexOf('\n', end - 1);
      const line = text.slice(start + 1, end).trim();
      if (line !== '') lines.unshift(line);
      end = Math.max(0, start);
      if (start < 0) break;
    }
    return lines.join('\n');
  }

  get urls(): readonly string[] {
    this.#urls ??= urlsInText(`${this.#decoded.plain}\n${this.#decoded.html}`);
    return this.#urls;
  }

  /** The parts without parts of their own. */
  get leaves(): readonly Part[] {
    return this.outline.flatMap(({ part }) => part ?? []);
  }

  get outline(): readonly OutlineEntry[] {
    this.#outline ??= outlineOf(this.#headerSection, this.#bytes);
    return this.#outline;
  }

  get #headerSection(): HeaderSection {
    this.#header ??= new HeaderSection(this.#bytes);
    return this.#header;
  }

  get #decoded(): { readonly plain: string; readonly html: string } {
    this.#texts ??= textsOf(this.leaves);
    return this.#texts;
  }
}

export function viewMessage({ head, tail, size }: MessageSample): MessageView {
  const missing = size - head.length;
  if (missing <= 0) return new MessageView(head, undefined, size);
  if (missing > tail.length) return new MessageView(head, tail, size);
  return new MessageView(Buffer.concat([head, tail.subarray(tail.length - missing)]), undefined, size);
}

export function urlsIn(view: MessageView): readonly string[] {
  return view.urls;
}

function textsOf(parts: readonly Part[]): { readonly plain: string; readonly html: string } {
  const texts: { plain: string[]; html: string[] } = { plain: [], html: [] };
  let left = mostText;
  for (const { type, charset, encoding, body } of parts) {
    if (left <= 0) break;
    if (!type.startsWith('text/') && !type.startsWith('multipart/')) continue;
    // Encoded text is longer than what it says: by a third in base64, three times in quoted-printable.
    const bytes = undoTransferEncoding(body.subarray(0, left * 3), encoding).subarray(0, left);
    left -= bytes.length;
    texts[type === 'text/html' ? 'html' : 'plain'].push(decodeText(bytes, charset));
  }
  return { plain: texts.plain.join('\n'), html: texts.html.join('\n') };
}
