import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { SocksClient } from 'socks';
import { reason } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { DialFault, reach, type DialSettings, type ServerPlace } from './dial.ts';

/** An answer to CONNECT is a line or two; what is longer than this is none. */
const mostHeadBytes = 16_384;
const headEnd = '\r\n\r\n';

/** A TCP connection through a proxy, which looks the name up itself. All of it has one deadline. */
export async function reachThrough(
  proxy: URL,
  place: ServerPlace,
  settings: DialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const { connectMs } = settings;
  const route = `${printable(place.host)} port ${place.port} through ${proxy.protocol}//${proxy.host}`;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), connectMs);
  try {
    return await connectThrough(proxy, place, settings, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted || (error instanceof DialFault && error.kind === 'timeout')) {
      throw new DialFault('timeout', `no connection to ${route} within ${connectMs} ms`);
    }
    // What socks throws carries all its options, and with them the password: it is not passed on.
    throw new DialFault('connect', `no connection to ${route}: ${reason(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

async function connectThrough(
  proxy: URL,
  place: ServerPlace,
  settings: DialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  // A line break would end the request to the proxy, a zero byte the name in it.
  if (/[^\x21-\x7e]/.test(place.host)) throw new Error('the host is neither a name nor an address');
  const user = decodeURIComponent(proxy.username);
  const password = decodeURIComponent(proxy.password);
  const isHttp = proxy.protocol === 'http:';
  // Brackets belong to the URL, not to the address.
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const socket = await reach({ host, port: Number(proxy.port || (isHttp ? 80 : 1080)) }, settings, signal);
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const closed = () => reject(new Error('the proxy closed the connection'));
  const giveUp = () => socket.destroy();
  // Those of the socket stay: until somebody takes it over, a fault of it would have no listener.
  socket.on('error', reject).on('end', closed).on('close', closed);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    const asking = isHttp
      ? askHttp(socket, place, user, password)
      : askSocks(socket, place, { type: proxy.protocol.startsWith('socks4') ? 4 : 5, user, password }, settings);
    await Promise.race([asking, gone]);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

interface SocksProxy {
  readonly type: 4 | 5;
  readonly user: string;
  readonly password: string;
}

async function askSocks(
  socket: Socket,
  { host, port }: ServerPlace,
  { type, user, password }: SocksProxy,
  { connectMs }: DialSettings,
): Promise<void> {
  await SocksClient.createConnection({
    command: 'connect',
    // It is connected already, but socks asks for a host all the same.
    proxy: {
      host: socket.remoteAddress ?? '',
      port: socket.remotePort ?? 0,
      type,
      ...(user !== '' && { userId: user }),
      ...(password !== '' && { password }),
    },
    destination: { host, port },
    timeout: connectMs,
    existing_socket: socket,
  });
  // What the server said right behind the proxy's answer, socks hands out one turn later, when nobody listens yet.
  const early: Buffer[] = [];
  const keep = (chunk: Buffer) => void early.push(chunk);
  socket.on('data', keep);
  await setImmediate();
  socket.off('data', keep).pause();
  putBack(socket, Buffer.concat(early));
}

async function askHttp(socket: Socket, { host, port }: ServerPlace, user: string, password: string): Promise<void> {
  const destination = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  const authorization = user === '' && password === '' ? '' : `Proxy-Authorization: Basic ${basic}\r\n`;
  socket.write(`CONNECT ${destination} HTTP/1.1\r\nHost: ${destination}\r\n${authorization}\r\n`);
  const head = await headOf(socket);
  const [, code, words = ''] = /^HTTP\/1\.\d (\d{3})(?: ([^\r\n]*))?/.exec(head) ?? [];
  if (code === undefined) throw new Error('what answers there is no HTTP proxy');
  if (!code.startsWith('2')) throw new Error(`the proxy says ${code} ${printable(words)}`.trimEnd());
}

/** The head of the proxy's answer; what stands behind it is the server's, and stays in the socket. */
function headOf(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let held: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    const end = held.indexOf(headEnd);
    if ((end === -1 ? held.length : end) > mostHeadBytes) reject(new Error('the answer of the proxy does not end'));
    else if (end === -1) return;
    socket.off('data', take).pause();
    if (end === -1) return;
    putBack(socket, held.subarray(end + headEnd.length));
    resolve(held.toString('latin1', 0, end));
  };
  socket.on('data', take);
  return promise;
}

function putBack(socket: Socket, bytes: Buffer): void {
  if (bytes.length > 0) socket.unshift(bytes);
}
