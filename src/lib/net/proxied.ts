import type { Socket } from 'node:net';
import { request } from 'node:http';
import { SocksClient } from 'socks';
import { reason } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { DialFault, type DialSettings, type ServerPlace } from './dial.ts';

type SocksVersion = 4 | 5;

/** A TCP connection through a proxy, which looks the name up itself. */
export async function reachThrough(
  proxy: URL,
  place: ServerPlace,
  { connectMs }: DialSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port } = place;
  const shown = `${proxy.protocol}//${proxy.host}`;
  try {
    return proxy.protocol === 'http:'
      ? await throughHttp(proxy, place, connectMs, signal)
      : await throughSocks(proxy, place, connectMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    // What socks throws carries all its options, and with them the password: it is not passed on.
    throw new DialFault('connect', `no connection to ${host} port ${port} through ${shown}: ${reason(error)}`);
  }
}

async function throughSocks(
  proxy: URL,
  { host, port }: ServerPlace,
  timeout: number,
  signal: AbortSignal,
): Promise<Socket> {
  const type: SocksVersion = proxy.protocol.startsWith('socks4') ? 4 : 5;
  const userId = userOf(proxy);
  const password = decodeURIComponent(proxy.password);
  const connecting = SocksClient.createConnection({
    command: 'connect',
    proxy: {
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: Number(proxy.port || 1080),
      type,
      ...(userId !== '' && { userId }),
      ...(password !== '' && { password }),
    },
    destination: { host, port },
    timeout,
  });
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason as Error);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return (await Promise.race([connecting, promise])).socket;
  } catch (error) {
    // It cannot be called off, so what comes of it is closed.
    connecting.then(({ socket }) => socket.destroy()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

async function throughHttp(
  proxy: URL,
  { host, port }: ServerPlace,
  timeout: number,
  signal: AbortSignal,
): Promise<Socket> {
  const destination = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const credentials = `${userOf(proxy)}:${decodeURIComponent(proxy.password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const asking = request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port || 80),
    method: 'CONNECT',
    path: destination,
    headers: { host: destination, ...(proxy.username !== '' && { 'proxy-authorization': authorization }) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
  });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  asking.on('connect', ({ statusCode = 0, statusMessage = '' }, socket, head) => {
    if (statusCode !== 200) {
      socket.destroy();
      return reject(new Error(`the proxy says ${statusCode} ${printable(statusMessage)}`));
    }
    // The server may have greeted already.
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  asking.on('response', ({ statusCode }) => reject(new Error(`the proxy says ${statusCode}`)));
  asking.on('error', reject);
  asking.end();
  return promise;
}

function userOf(proxy: URL): string {
  return decodeURIComponent(proxy.username);
}
