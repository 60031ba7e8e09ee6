import { isAscii, isUtf8 } from 'node:buffer';

// Peers send bytes, not text. UTF-8 becomes the text it is; in anything else each byte above 0x7f becomes one lone
// surrogate (U+DC80…U+DCFF), which no valid UTF-8 can produce. So the text is printable, fits JSON, and the exact
// bytes can always be had back.
const escapeBase = 0xdc00;

export function peerText(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte < 0x80 ? byte : escapeBase + byte);
  return text;
}

export function peerBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let clean = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < escapeBase + 0x80 || code > escapeBase + 0xff) {
      clean += character;
      continue;
    }
    parts.push(Buffer.from(clean, 'utf8'), Buffer.of(code - escapeBase));
    clean = '';
  }
  parts.push(Buffer.from(clean, 'utf8'));
  return Buffer.concat(parts);
}
