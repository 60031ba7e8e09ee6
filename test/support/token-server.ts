import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Owner } from './owner.ts';

/** Says whose a bearer token is (RFC 7662). Returns the address to which a token is appended. */
export async function startTokenServer(tokens: ReadonlyMap<string, string>, own: Owner): Promise<string> {
  const server = createServer((request, response) => {
    const token = new URL(request.url!, 'http://localhost').searchParams.get('token') ?? '';
    const user = tokens.get(token);
    response.writeHead(200, { 'Content-Type': 'application/json', Connection: 'close' });
    response.end(JSON.stringify(user === undefined ? { active: false } : { active: true, username: user }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  own(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=`;
}
