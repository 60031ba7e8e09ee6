/** Says that messages are stored where they were meant to go: what makes hpfeeds an at-least-once transport. */
export interface Receipt {
  readonly channel: string;
  /** Lower-case hex, of the messages' own bytes. */
  readonly sha256: readonly string[];
}

const version = 1;
/** Keeps a receipt well below the smallest frame limit there is. */
const mostHashes = 500;
const mostBytes = 64 * 2 ** 10;
const hashPattern = /^[\da-f]{64}$/;

export function encodeReceipts({ channel, sha256 }: Receipt): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at < sha256.length; at += mostHashes) {
    const part = sha256.slice(at, at + mostHashes);
    payloads.push(Buffer.from(JSON.stringify({ v: version, channel, sha256: part })));
  }
  return payloads;
}

/** Undefined for what is no receipt: whoever may publish on the channel may publish anything. */
export function decodeReceipt(payload: Buffer): Receipt | undefined {
  if (payload.length > mostBytes) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const { v, channel, sha256 } = read as Record<string, unknown>;
  if (v !== version || typeof channel !== 'string' || !Array.isArray(sha256)) return undefined;
  const hashes = sha256.filter((hash): hash is string => typeof hash === 'string' && hashPattern.test(hash));
  return hashes.length === sha256.length ? { channel, sha256: hashes } : undefined;
}
