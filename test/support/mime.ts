/** A message of several parts, read without the code that wrote it. */
export interface MimeMessage {
  readonly headers: ReadonlyMap<string, string>;
  readonly parts: readonly { readonly headers: ReadonlyMap<string, string>; readonly text: string }[];
}

export function readMime(bytes: Buffer): MimeMessage {
  const [headers, body] = split(bytes.toString('latin1'));
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) throw new Error('The message has no parts');
  const [, ...parts] = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (parts.pop()?.startsWith('--') !== true) throw new Error('The last part has no end');
  return {
    headers,
    parts: parts.map((part) => {
      const [headers, text] = split(part.slice(2));
      if (headers.get('content-transfer-encoding') !== 'quoted-printable') throw new Error('Unknown encoding');
      return { headers, text: decode(text) };
    }),
  };
}

function split(text: string): [Map<string, string>, string] {
  const end = text.indexOf('\r\n\r\n');
  const headers = new Map<string, string>();
  for (const line of text.slice(0, end).split('\r\n')) {
    const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    if (name === undefined || headers.has(name.toLowerCase())) throw new Error(`No header, or a second one: ${line}`);
    headers.set(name.toLowerCase(), value!);
  }
  return [headers, text.slice(end + 4)];
}

function decode(text: string): string {
  const joined = text.replaceAll('=\r\n', '').replaceAll('\r\n', '\n');
  const latin1 = joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
