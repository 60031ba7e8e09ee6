import { createHash } from 'node:crypto';

/** A message that no other is like, of about so many bytes. */
export function letter(name: string, size = 400): Buffer {
  const head = `From: <spammer@example.org>\r\nMessage-ID: <${name}@example.org>\r\nSubject: ${name}\r\n\r\n`;
  const line = 'You have won a lot of money that only waits for you.\r\n';
  return Buffer.from(head + line.repeat(Math.max(1, Math.ceil((size - head.length) / line.length))));
}

export function letters(name: string, count: number, size = 400): Buffer[] {
  return Array.from({ length: count }, (_, index) => letter(`${name}-${index}`, size + ((index * 37) % 1_000)));
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function messageId(message: Buffer): string {
  return /Message-ID: (<[^>]*>)/.exec(message.toString('latin1'))![1]!;
}
