const perLine = 16;

/** Bytes as they are, in lines of sixteen. */
export function hexLines(bytes: Buffer): string[] {
  return Array.from({ length: Math.ceil(bytes.length / perLine) }, (_, index) => {
    const at = index * perLine;
    const some = bytes.subarray(at, at + perLine);
    const hex = [...some].map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = `${hex.slice(0, 8).join(' ').padEnd(23)}  ${hex.slice(8).join(' ').padEnd(23)}`;
    const letters = [...some].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    return `${at.toString(16).padStart(8, '0')}  ${halves}  ${letters}`;
  });
}
