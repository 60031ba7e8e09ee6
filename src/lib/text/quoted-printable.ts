const longestLine = 76;

/**
 * Text as quoted-printable (RFC 2045, section 6.7): seven bits, short lines, and still readable where it was ASCII.
 * Lines end with LF on the way in and with CRLF on the way out.
 */
export function quotedPrintable(text: string): string {
  return text.split('\n').map(encodeLine).join('\r\n');
}

function encodeLine(line: string): string {
  const bytes = Buffer.from(line, 'utf8');
  const lines: string[] = [];
  let current = '';
  for (const [index, byte] of bytes.entries()) {
    const next = encodeByte(byte, index === bytes.length - 1);
    // The last column is for the sign that the line goes on.
    if (current.length + next.length > longestLine - 1) {
      lines.push(`${current}=`);
      current = '';
    }
    current += next;
  }
  return [...lines, current].join('\r\n');
}

// A blank at the end of a line may be lost on the way.
function encodeByte(byte: number, isLast: boolean): string {
  const isPlain = (byte > 0x20 && byte < 0x7f && byte !== 0x3d) || (byte === 0x20 && !isLast);
  return isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
