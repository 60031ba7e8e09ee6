import { lookup as systemLookup } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from 'node:tls';
import { errno, reason } from '../errors.ts';

/** Where a server is, and how it is known. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  readonly tls?: ClientTls | undefined;
}

export interface ClientTls {
  /** PEM; absent means those whom the system trusts. */
  readonly ca?: string | undefined;
  /** SHA-256 fingerprints of certificates that are taken as they are. */
  readonly pins?: readonly string[] | undefined;
  /** Whether anything is asked of the certificate at all. */
  readonly verify?: boolean | undefined;
  /** What the certificate has to be for; absent means the host. */
  readonly serverName?: string | undefined;
}

/** Which step failed before there was a conversation. */
export class DialFault extends Error {
  override readonly name = 'DialFault';
  readonly kind: 'resolve' | 'connect' | 'tls' | 'timeout';

  constructor(kind: DialFault['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export interface DialSettings {
  /** To reach the server, whichever of its addresses answers; and once more for the handshake. */
  readonly connectMs: number;
  readonly lookup?: LookupFunction;
}

/** Keep-alive of TCP after so long a silence: a server that is gone without a word is noticed in a minute. */
const aliveAfterMs = 10_000;

/** Connects to the first address of the server that answers. Each step fails with a DialFault of its own. */
export async function dial(place: ServerPlace, settings: DialSettings, signal: AbortSignal): Promise<Socket> {
  const socket = await reach(place, settings, signal);
  return place.tls === undefined ? socket : secure(socket, place, place.tls, settings, signal);
}

/** The TCP connection alone. */
export async function reach(
  { host, port }: ServerPlace,
  { connectMs, lookup = systemLookup }: DialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({
    host,
    port,
    lookup,
    // Every address in turn, of both families; one that is dead may not take all the time.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(Math.floor(connectMs / 4), 10),
    // The end of what we send is no end of what we hear.
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: aliveAfterMs,
  });
  const late = () => new DialFault('timeout', `${host} port ${port} does not answer within ${connectMs} ms`);
  try {
    await happens(socket, 'connect', { ms: connectMs, late, signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof DialFault ? error : unreachable(error, host, port);
  }
}

/** TLS on a connection that is there. */
export async function secure(
  socket: Socket,
  { host, port }: ServerPlace,
  { ca, pins = [], verify = true, serverName = host }: ClientTls,
  { connectMs }: DialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const known = new Set(pins.map(plainFingerprint));
  const secured = connectTls({
    socket,
    ...(ca !== undefined && { ca }),
    // A name, not an address, is what TLS can ask for.
    ...(isIP(serverName) === 0 && { servername: serverName }),
    // With a pin it is judged below: such a certificate need not be vouched for by anybody.
    rejectUnauthorized: verify && known.size === 0,
    checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
  });
  const late = () => new DialFault('timeout', `${host} port ${port} does not answer in TLS within ${connectMs} ms`);
  try {
    await happens(secured, 'secureConnect', { ms: connectMs, late, signal });
    if (known.size > 0) checkPin(secured.getPeerCertificate(), known);
    return secured;
  } catch (error) {
    secured.destroy();
    socket.destroy();
    throw error instanceof DialFault ? error : noTls(error, host, port);
  }
}

interface Waiting {
  readonly ms: number;
  readonly late: () => DialFault;
  readonly signal: AbortSignal;
}

function happens(socket: Socket, event: 'connect' | 'secureConnect', { ms, late, signal }: Waiting): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(late()), ms);
  const giveUp = () => reject(signal.reason as Error);
  const closed = () => reject(new Error('the connection was closed'));
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  socket.once(event, resolve).once('error', reject).once('end', closed).once('close', closed);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    socket.off(event, resolve).off('error', reject).off('end', closed).off('close', closed);
  });
}

function unreachable(error: unknown, host: string, port: number): unknown {
  const code = errno(error) ?? '';
  if (error instanceof Error && error.name === 'AbortError') return error;
  if (/^(?:ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|ETIMEOUT)$/.test(code)) {
    return new DialFault('resolve', `the name ${host} has no address: ${reason(error)}`, { cause: error });
  }
  const details = error instanceof AggregateError ? error.errors.map(reason).join('; ') : reason(error);
  return new DialFault('connect', `no connection to ${host} port ${port}: ${details}`, { cause: error });
}

function noTls(error: unknown, host: string, port: number): unknown {
  if (error instanceof Error && error.name === 'AbortError') return error;
  const code = errno(error) ?? '';
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE/.test(code)) {
    return new DialFault('tls', `${host} port ${port} does not speak TLS`, { cause: error });
  }
  return new DialFault('tls', `no TLS with ${host} port ${port}: ${reason(error)}`, { cause: error });
}

function checkPin({ fingerprint256 }: PeerCertificate, known: ReadonlySet<string>): void {
  if (known.has(plainFingerprint(fingerprint256))) return;
  throw new DialFault('tls', `the certificate of the server is none of those that are pinned: it is ${fingerprint256}`);
}

/** Written with or without colons, in either case. */
export function plainFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
