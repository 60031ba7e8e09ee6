import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A port that nobody has now: most servers cannot choose one by themselves and say which. */
export async function freePort(): Promise<number> {
  return (await freePorts(1))[0]!;
}

/** Several at once, as those asked for one after the other could be the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
