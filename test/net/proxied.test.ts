import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reachThrough } from '../../src/lib/net/proxied.ts';

const never = new AbortController().signal;
const place = { host: 'mail.example.test', port: 110 };
const patient = { connectMs: 10_000 };

/** What a proxy has said to what it was sent so far, and what it says now; nothing when more has to come. */
type Answer = (sent: Buffer, answered: number) => Buffer | undefined;

interface Proxy {
  readonly url: (scheme: string, userinfo?: string) => URL;
  /** All bytes of the first client. */
  readonly sent: () => Buffer;
  readonly closed: Promise<unknown>;
}

async function startProxy(answer: Answer): Promise<Proxy> {
  let sent = Buffer.alloc(0);
  let answered = 0;
  const closed = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).on('close', () => closed.resolve());
    socket.on('data', (chunk: Buffer) => {
      sent = Buffer.concat([sent, chunk]);
      const said = answer(sent, answered);
      if (said === undefined) return;
      answered++;
      if (said.length === 0) socket.end();
      else socket.write(said);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: (scheme, userinfo = '') => new URL(`${scheme}://${userinfo}127.0.0.1:${port}`),
    sent: () => sent,
    closed: closed.promise,
  };
}

const greeting = Buffer.from('+OK ready\r\n');
const granted5 = Buffer.from([5, 0, 0, 1, 192, 0, 2, 1, 0, 110]);
const granted4 = Buffer.from([0, 90, 0, 110, 192, 0, 2, 1]);
const established = Buffer.from('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n');

/** Replies one after the other, each to whatever comes. */
function saying(...replies: readonly Buffer[]): Answer {
  return (_, answered) => replies[answered];
}

const http =
  (reply: Buffer): Answer =>
  (sent, answered) =>
    answered === 0 && sent.includes('\r\n\r\n') ? reply : undefined;

async function reached(proxy: URL, to = place): Promise<Socket> {
  const socket = await reachThrough(proxy, to, patient, never);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** The first bytes of the server, as a reader gets them who comes later. */
async function firstBytes(socket: Socket): Promise<Buffer> {
  for (;;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk) return chunk;
    await once(socket, 'readable');
  }
}

describe('a connection through a SOCKS proxy', () => {
  it.each(['socks5', 'socks'])('has its name looked up by the proxy (%s)', async (scheme) => {
    const proxy = await startProxy(saying(Buffer.from([5, 0]), granted5));
    const socket = await reached(proxy.url(scheme));
    const name = Buffer.from(place.host);
    const asked = Buffer.concat([Buffer.from([5, 1, 0, 5, 1, 0, 3, name.length]), name, Buffer.from([0, 110])]);
    expect(proxy.sent()).toEqual(asked);
    socket.write('CAPA\r\n');
    await expect.poll(() => proxy.sent().subarray(asked.length).toString()).toBe('CAPA\r\n');
  });

  it('has user and password as they were before they became part of a URL', async () => {
    const proxy = await startProxy(saying(Buffer.from([5, 2]), Buffer.from([1, 0]), granted5));
    await reached(proxy.url('socks5', 'us%40er:p%3Ass@'));
    expect(proxy.sent().toString('latin1')).toContain('\x01\x05us@er\x04p:ss\x05\x01');
  });

  it.each(['socks4a', 'socks4'])('has its name looked up by the proxy (%s)', async (scheme) => {
    const proxy = await startProxy(saying(granted4));
    await reached(proxy.url(scheme, 'user@'));
    expect(proxy.sent().toString('latin1')).toBe('\x04\x01\0\x6e\0\0\0\x01user\0mail.example.test\0');
  });

  it('loses nothing of what the server says right behind the answer of the proxy', async () => {
    const proxy = await startProxy(saying(Buffer.from([5, 0]), Buffer.concat([granted5, greeting])));
    expect(await firstBytes(await reached(proxy.url('socks5')))).toEqual(greeting);
    const older = await startProxy(saying(Buffer.concat([granted4, greeting])));
    expect(await firstBytes(await reached(older.url('socks4a')))).toEqual(greeting);
  });
});

describe('a connection through an HTTP proxy', () => {
  it.each([
    ['mail.example.test', 'mail.example.test:110'],
    ['2001:db8::1', '[2001:db8::1]:110'],
  ])('to %s is asked for as %s', async (host, destination) => {
    const proxy = await startProxy(http(established));
    await reached(proxy.url('http'), { host, port: 110 });
    expect(proxy.sent().toString()).toBe(`CONNECT ${destination} HTTP/1.1\r\nHost: ${destination}\r\n\r\n`);
  });

  it('has user and password as they were before they became part of a URL', async () => {
    const proxy = await startProxy(http(established));
    await reached(proxy.url('http', 'us%40er:p%3Ass@'));
    const basic = Buffer.from('us@er:p:ss').toString('base64');
    expect(proxy.sent().toString()).toContain(`\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`);
  });

  it('loses nothing of what the server says right behind the answer of the proxy', async () => {
    const proxy = await startProxy(http(Buffer.concat([established, greeting])));
    expect(await firstBytes(await reached(proxy.url('http')))).toEqual(greeting);
  });

  it('is not asked for with a host that would be more than one line', async () => {
    const proxy = await startProxy(http(established));
    const host = 'a\r\nX: y';
    const asking = reachThrough(proxy.url('http'), { host, port: 110 }, patient, never);
    await expect(asking).rejects.toMatchObject({ name: 'DialFault', kind: 'connect' });
    expect(proxy.sent().length).toBe(0);
  });
});

describe('a proxy', () => {
  it.each([
    ['socks5', saying(Buffer.from([5, 2]), Buffer.from([1, 1])), 'Authentication failed'],
    ['socks5', saying(Buffer.from([5, 0]), Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])), 'ConnectionRefused'],
    ['socks5', saying(Buffer.from([5, 0]), Buffer.alloc(0)), 'closed the connection'],
    ['socks4a', saying(Buffer.from([0, 91, 0, 0, 0, 0, 0, 0])), 'rejected'],
    ['http', http(Buffer.from('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')), 'says 407 Proxy Auth'],
    ['http', http(Buffer.from('+OK ready\r\n\r\n')), 'no HTTP proxy'],
    ['http', http(Buffer.alloc(20_000, 'x')), 'does not end'],
    ['http', http(Buffer.alloc(0)), 'closed the connection'],
  ] as const)('of %s that does not connect is named, its password not', async (scheme, answer, words) => {
    const proxy = await startProxy(answer);
    const url = proxy.url(scheme, 'user:geheim@');
    const fault: unknown = await reachThrough(url, place, patient, never).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: 'DialFault', kind: 'connect', message: expect.stringContaining(words) });
    const { message, cause } = fault as Error;
    expect(message).toContain('mail.example.test port 110');
    expect(message).toContain(`${scheme}://${url.host}`);
    expect(message).not.toContain('geheim');
    expect(cause).toBeUndefined();
    await proxy.closed;
  });

  it.each(['socks5', 'socks4a', 'http'])('of %s that says nothing has its time', async (scheme) => {
    const proxy = await startProxy(saying());
    const asking = reachThrough(proxy.url(scheme), place, { connectMs: 100 }, never);
    await expect(asking).rejects.toMatchObject({ name: 'DialFault', kind: 'timeout' });
    await proxy.closed;
  });

  it.each(['socks5', 'http'])('of %s is left at the signal', async (scheme) => {
    const stop = new AbortController();
    const proxy = await startProxy(() => {
      stop.abort(new Error('enough'));
      return undefined;
    });
    await expect(reachThrough(proxy.url(scheme), place, patient, stop.signal)).rejects.toThrow('enough');
    await proxy.closed;
  });

  it('that is not there is named', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await once(server.close(), 'close');
    const asking = reachThrough(new URL(`socks5://user:geheim@127.0.0.1:${port}`), place, patient, never);
    await expect(asking).rejects.toMatchObject({ kind: 'connect', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('outlives its deadline once it has connected', async () => {
    const proxy = await startProxy((sent, answered) =>
      answered === 0 ? (sent.includes('\r\n\r\n') ? established : undefined) : greeting,
    );
    const socket = await reachThrough(proxy.url('http'), place, { connectMs: 150 }, never);
    onTestFinished(() => void socket.destroy());
    // The same span again: whatever was set to end the attempt has had its turn by then.
    await expect(
      reachThrough((await startProxy(saying())).url('http'), place, { connectMs: 150 }, never),
    ).rejects.toMatchObject({ kind: 'timeout' });
    socket.write('CAPA\r\n');
    expect(await firstBytes(socket)).toEqual(greeting);
  });
});
