import { peerText } from '../text/peer-text.ts';

const handshakeRecord = 0x16;
const clientHello = 1;
const serverName = 0;
const applicationProtocols = 16;
/** As much as one TLS record may hold. */
const mostBytes = 5 + 2 ** 14;

/** What a TLS client asks for before anything is agreed. */
export interface ClientHello {
  readonly sni?: string;
  /** Offered application protocols, with commas between them. */
  readonly alpn?: string;
}

export type HelloReading =
  | { readonly is: 'incomplete' }
  | { readonly is: 'hello'; readonly hello: ClientHello }
  /** Nothing that begins a TLS session; the TLS library will say so to the peer. */
  | { readonly is: 'foreign' };

/** Reads the first record of a TLS client (RFC 8446, 4.1.2), without taking part in the handshake. */
export function readClientHello(bytes: Buffer): HelloReading {
  if (bytes.length === 0) return { is: 'incomplete' };
  if (bytes[0] !== handshakeRecord) return { is: 'foreign' };
  if (bytes.length < 5) return { is: 'incomplete' };
  const end = 5 + bytes.readUInt16BE(3);
  if (end > mostBytes) return { is: 'foreign' };
  if (bytes.length < end) return { is: 'incomplete' };
  try {
    return { is: 'hello', hello: readHello(new Fields(bytes.subarray(5, end))) };
  } catch (error) {
    if (error instanceof RangeError) return { is: 'foreign' };
    throw error;
  }
}

function readHello(fields: Fields): ClientHello {
  if (fields.number(1) !== clientHello) throw new RangeError('another handshake message');
  fields.skip(3 + 2 + 32);
  fields.vector(1);
  fields.vector(2);
  fields.vector(1);
  if (fields.isAtEnd) return {};
  const extensions = new Fields(fields.vector(2));
  let sni: string | undefined;
  let alpn: string | undefined;
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const extension = new Fields(extensions.vector(2));
    if (type === serverName) sni = firstName(new Fields(extension.vector(2)));
    if (type === applicationProtocols) alpn = protocols(new Fields(extension.vector(2)));
  }
  return { ...(sni !== undefined && { sni }), ...(alpn !== undefined && { alpn }) };
}

function firstName(names: Fields): string | undefined {
  const kind = names.number(1);
  const name = names.vector(2);
  return kind === 0 ? peerText(name) : undefined;
}

function protocols(offered: Fields): string {
  const names: string[] = [];
  while (!offered.isAtEnd) names.push(peerText(offered.vector(1)));
  return names.join(',');
}

/** Numbers and length-prefixed vectors, one after the other. Throws a RangeError where the bytes end too early. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(length: 1 | 2): number {
    const value = this.#bytes.readUIntBE(this.#at, length);
    this.#at += length;
    return value;
  }

  skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('the bytes end too early');
  }

  vector(lengthOfLength: 1 | 2): Buffer {
    const length = this.number(lengthOfLength);
    const start = this.#at;
    this.skip(length);
    return this.#bytes.subarray(start, this.#at);
  }
}
