import type { Incomplete, Malformed, ParsedHeader, ProxiedAddresses } from './parsed-proxy-header.ts';
import { mostV1Bytes, readV1, v1Signature } from './proxy-header-v1.ts';
import { mostV2Bytes, readV2, v2Signature } from './proxy-header-v2.ts';

/** `rest` is what followed the header: the first bytes of the peer itself. */
export type ProxyReading =
  Incomplete | Malformed | (ProxiedAddresses & { readonly is: 'header'; readonly rest: Buffer });

const mostBytes = Math.max(mostV1Bytes, mostV2Bytes);

/**
 * The receiving side of the PROXY protocol, versions 1 and 2, as HAProxy's proxy-protocol.txt has it. Feed it the first
 * bytes of a connection until it says something else than `incomplete`; then it is done.
 */
export class ProxyHeaderReader {
  #held: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): ProxyReading {
    const before = this.#held.length;
    const bytes = before === 0 ? chunk : Buffer.concat([this.#held, chunk.subarray(0, mostBytes - before)]);
    const parsed = parse(bytes);
    switch (parsed.is) {
      case 'incomplete':
        // A copy, because a small chunk may be a view of a large buffer and hold on to all of it.
        this.#held = before === 0 ? Buffer.from(bytes) : bytes;
        return parsed;
      case 'malformed':
        return parsed;
      case 'header': {
        const { length, ...header } = parsed;
        return { ...header, rest: chunk.subarray(length - before) };
      }
    }
  }
}

function parse(bytes: Buffer): ParsedHeader {
  if (isBegunBy(bytes, v2Signature)) return readV2(bytes);
  if (isBegunBy(bytes, v1Signature)) return readV1(bytes);
  return { is: 'malformed', why: 'it does not begin with a PROXY header' };
}

/** Whether all bytes there are agree with the signature: the first one that does not tells that a peer speaks itself. */
function isBegunBy(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, length, 0, length) === 0;
}
