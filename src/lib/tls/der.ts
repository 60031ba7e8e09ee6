// As much of DER (X.690) as it takes to put a certificate together.

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  dnsName: 0x82,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** One element of this tag around these contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(tags.sequence, ...elements);
}

/** `2.5.4.3`, for identifiers whose numbers are below 2^31. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((number) => base128(number));
  return element(tags.objectId, Buffer.from([first * 40 + second, ...bytes]));
}

function base128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let more = number >> 7; more > 0; more >>= 7) bytes.unshift((more & 0x7f) | 0x80);
  return bytes;
}

export function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return element(tags.utcTime, Buffer.from(`${digits}Z`, 'latin1'));
}

export function bitString(bits: Uint8Array): Buffer {
  return element(tags.bitString, Buffer.of(0), bits);
}
