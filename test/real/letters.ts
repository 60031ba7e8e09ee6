import { readFileSync } from 'node:fs';
import type { Capture } from '../../src/lib/capture/capture.ts';
import { sha256 } from '../support/captures.ts';
import { onTheWire, SmtpClient, type Reply } from '../support/smtp-client.ts';

/** One message as it is handed to a mail server, to recipients that no other one has. */
export interface Letter {
  readonly from: string;
  /** What stands behind the sender in MAIL. */
  readonly parameters: string;
  readonly to: readonly string[];
  readonly content: Buffer;
}

/** So that lines are longer than what a mail server lets pass by itself, and than its buffers. */
const longLine = 'long '.repeat(2_000);

const kinds: readonly ((number: number) => Buffer | string)[] = [
  (number) => `An ordinary line, number ${number}.\r\n`.repeat(1 + (number % 40)),
  () => Buffer.from([...Array(256).keys()].filter((byte) => ![0, 10, 13].includes(byte)).concat(13, 10)),
  () => '.\r\n..\r\n.one dot\r\n..two dots\r\n. \r\n\t.\r\n\r\n.\r\n',
  () => `${longLine}\r\n.${longLine}\r\n`,
  () => 'Größe, 日本語, \u{1f4ec}\r\n',
  () => '',
  () => 'From here on\r\n>From there\r\nQUIT\r\nDATA\r\nRSET\r\n  \r\n\r\n\r\n',
];

/** A letter of its own kind for each number. */
export function letter(number: number, bytes?: number): Letter {
  const isInternational = number % 10 === 4;
  const count = 1 + Math.floor(20 * ((number * 0.618) % 1) ** 4);
  const at = isInternational ? 'empfänger.例え.example' : `d${number % 3}.example.net`;
  const text = bytes === undefined ? kinds[number % kinds.length]!(number) : filler(number, bytes);
  const header = `Subject: letter ${number}${isInternational ? ' für alle' : ''}\r\nMIME-Version: 1.0\r\n\r\n`;
  return {
    from: isInternational ? `absender-${number}@grüße.example` : `sender-${number}@example.org`,
    parameters: isInternational ? ' SMTPUTF8 BODY=8BITMIME' : number % 2 === 0 ? ' BODY=8BITMIME' : '',
    to: Array.from({ length: count }, (_, index) => `r${number}-${index}@${at}`),
    content: Buffer.concat([Buffer.from(header), Buffer.from(text)]),
  };
}

function filler(number: number, bytes: number): string {
  const line = `${number} ${'0123456789 '.repeat(6)}\r\n`;
  return line.repeat(Math.ceil(bytes / line.length));
}

/** Hands letters to a mail server over several connections; each has to be taken. */
export async function submit(port: number, connections: number, letters: Iterator<Letter>): Promise<void> {
  const keepBusy = async () => {
    const client = await SmtpClient.connect(port);
    for (let next = letters.next(); !next.done; next = letters.next()) {
      const { code, text } = await submitOne(client, next.value);
      if (code !== 250) throw new Error(`The mail server refuses a letter: ${text}`);
    }
    await client.quit();
  };
  await Promise.all(Array.from({ length: connections }, keepBusy));
}

async function submitOne(client: SmtpClient, { from, parameters, to, content }: Letter): Promise<Reply> {
  const lines = [`MAIL FROM:<${from}>${parameters}`, ...to.map((recipient) => `RCPT TO:<${recipient}>`), 'DATA'];
  client.write(`${lines.join('\r\n')}\r\n`);
  const replies: Reply[] = [];
  for (let count = 0; count < lines.length; count++) replies.push(await client.reply());
  const refusal = replies.find(({ code }) => code >= 400);
  if (refusal) return refusal;
  client.write(onTheWire(content));
  return client.reply();
}

export function* numbered(first: number, count: number): Generator<Letter> {
  for (let number = first; number < first + count; number++) yield letter(number);
}

/** What came in behind the lines that a mail server put on top. */
export function withoutReceived(content: Buffer): Buffer {
  const received = /^(?:Received:.*\r\n(?:[\t ].*\r\n)*)+/.exec(content.toString('latin1', 0, 8_192));
  return content.subarray(received?.[0].length ?? 0);
}

/** Which recipients are to have which content. */
export class Expected {
  readonly #hashes = new Map<string, string>();

  add(to: readonly string[], content: Buffer): void {
    const hash = sha256(content);
    for (const recipient of to) {
      if (this.#hashes.has(recipient)) throw new Error(`${recipient} is named twice`);
      this.#hashes.set(recipient, hash);
    }
  }

  get recipients(): number {
    return this.#hashes.size;
  }

  /** What is not as it has to be, when these are all captures; copies beyond the first one are only counted. */
  audit(captures: readonly Capture[]) {
    const missing = new Set(this.#hashes.keys());
    const unexpected: string[] = [];
    const altered: string[] = [];
    let surplus = 0;
    for (const { facts, content } of captures) {
      const bytes = content.kind === 'bytes' ? content.bytes : readFileSync(content.path);
      if (sha256(bytes) !== facts.sha256) altered.push(facts.id);
      const hash = sha256(withoutReceived(bytes));
      for (const recipient of facts.envelope.to) {
        const expected = this.#hashes.get(recipient);
        if (expected === undefined) unexpected.push(recipient);
        else if (expected !== hash) altered.push(recipient);
        else if (!missing.delete(recipient)) surplus++;
      }
    }
    return { missing: [...missing], unexpected, altered, surplus };
  }
}

export const wholeAndOnce = { missing: [], unexpected: [], altered: [], surplus: 0 };
